// The operators' desk: choose all rows, pick what was found by Enter, jump from field to field.
import { start as startKeys } from "./keys.js";
import { start as startSince } from "./since.js";
import { fresh } from "./marks.js";

function start(root) {
  for (const all of fresh(root, "[data-choose-all]")) {
    const list = document.querySelector(all.dataset.chooseAll);
    all.addEventListener("change", () => {
      for (const box of list.querySelectorAll('input[name="chosen"]')) box.checked = all.checked;
    });
  }
  for (const form of fresh(root, "form[data-enter-flows]")) flow(form);
  for (const button of fresh(root, "[data-fill]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      fill(JSON.parse(button.dataset.fill));
    });
  }
  startKeys(root);
  startSince(root);
}

// A chosen guide puts its words under what is already written, once.
function insert(id, words) {
  const field = document.getElementById(id);
  if (!field || field.value.includes(words)) return;
  field.value = field.value.trim() ? `${field.value.trim()}\n\n${words}` : words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Enter goes on to the next field and takes the first thing found; only the last button sends.
// Arrow down goes into what was found.
function flow(form) {
  const stops = () => [...form.querySelectorAll("[data-stop]")];
  const after = (stop) => {
    const all = stops();
    all[all.indexOf(stop) + 1]?.focus();
  };
  const take = (radio) => {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    const found = document.getElementById(field.dataset.found ?? "");
    if (event.key === "ArrowDown" && found) {
      const first = found.querySelector('input[type="radio"]');
      if (!first) return;
      event.preventDefault();
      first.focus();
      take(first);
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (field.matches("textarea, button, summary, a")) return;
    event.preventDefault();
    const box = field.closest("[data-found-for]");
    if (box) {
      after(document.getElementById(box.dataset.foundFor));
      return;
    }
    const first = found?.querySelector('input[type="radio"]');
    if (first && !found.querySelector("input:checked")) take(first);
    after(field);
  });
}

function fill(values) {
  for (const [id, value] of Object.entries(values)) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (field.matches("textarea")) field.focus();
  }
}

start(document);
// On the document: what was found can be taken by Enter before htmx tells that it is in the page.
document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-insert]")) insert(event.target.dataset.insert, event.target.dataset.words);
});
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) start(event.detail.elt);
});
