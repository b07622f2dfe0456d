// [data-upload-now]: photos travel as soon as they are chosen (htmx sends them); show how far they
// are, and hide the button that only a page without scripts needs.
function improve(root) {
  for (const picker of root.querySelectorAll("[data-upload-now]")) {
    if (globalThis.htmx) for (const button of picker.querySelectorAll("[data-no-script]")) button.hidden = true;
  }
}

// Show the bar at once: on a slow line the first news of progress may take its time.
document.addEventListener("htmx:beforeSend", (event) => {
  const bar = event.target.closest?.("[data-upload-now]")?.querySelector("progress");
  if (!bar) return;
  bar.removeAttribute("value");
  bar.hidden = false;
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.closest?.("[data-upload-now]")?.querySelector("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
  // All is sent: the server now checks the photos, for as long as it takes.
  if (event.detail.loaded === event.detail.total) bar.removeAttribute("value");
});

// The connection broke or the server refused: say so beside the picker and keep the choice.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const picker = event.target.closest?.("[data-upload-now]");
    if (!picker) return;
    const bar = picker.querySelector("progress");
    if (bar) bar.hidden = true;
    const wrong = document.createElement("li");
    wrong.textContent = picker.dataset.failed ?? "";
    picker.querySelector(".field__errors")?.replaceChildren(wrong);
    for (const button of picker.querySelectorAll("[data-no-script]")) button.hidden = false;
  });
}

document.addEventListener("htmx:load", (event) => improve(event.detail.elt.parentElement ?? document));
improve(document);
