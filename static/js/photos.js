// [data-picker]: show what was chosen before it is sent; drop files on it.
import { fresh } from "./marks.js";

export function start(root) {
  for (const picker of fresh(root, "[data-picker]")) {
    const input = picker.querySelector('input[type="file"]');
    const chosen = picker.querySelector("[data-picker-chosen]");
    if (!input || !chosen) continue;
    input.addEventListener("change", () => show(input.files, chosen));
    for (const name of ["dragenter", "dragover"]) {
      picker.addEventListener(name, (event) => {
        event.preventDefault();
        picker.classList.add("is-over");
      });
    }
    picker.addEventListener("dragleave", () => picker.classList.remove("is-over"));
    picker.addEventListener("drop", (event) => {
      event.preventDefault();
      picker.classList.remove("is-over");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

function show(files, list) {
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(...[...files].map(card));
}

function card(file) {
  const item = document.createElement("li");
  const photo = document.createElement("span");
  photo.className = "photo";
  // HEIC is drawn by few browsers; then the name alone stands.
  if (/^image\/(jpeg|png|webp)$/.test(file.type)) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = "";
    photo.append(image);
  }
  const words = document.createElement("span");
  words.className = "photo__words";
  words.textContent = file.name;
  photo.append(words);
  item.append(photo);
  return item;
}
