// [data-address-search]: arrows walk from the field into the list that htmx brings, and back.
import { fresh } from "./marks.js";

export function start(root) {
  for (const form of fresh(root, "[data-address-search]")) {
    const field = form.querySelector("input[type=search]");
    form.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const links = [...form.querySelectorAll(".suggest a")];
      const at = links.indexOf(document.activeElement);
      if (event.key === "Escape" && at >= 0) field.focus();
      else if (event.key === "ArrowDown" && links.length) links[Math.min(at + 1, links.length - 1)].focus();
      else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] ?? field).focus();
      else return;
      event.preventDefault();
    });
  }
}
