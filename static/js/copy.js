// [data-copy="#id"]: copy the text of an element; the button says that it is done.
import { fresh } from "./marks.js";

export function start(root) {
  if (!navigator.clipboard) return;
  for (const button of fresh(root, "[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.querySelector(button.dataset.copy);
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      flash(button.querySelector("[data-copy-words]") ?? button, button.dataset.done);
    });
  }
}

export function flash(words, done) {
  if (!done) return;
  const before = words.textContent;
  words.textContent = done;
  words.setAttribute("aria-live", "polite");
  setTimeout(() => { words.textContent = before; }, 2500);
}
