// The phone's menu is a <details>: Escape and a press outside close it.
import { fresh } from "./marks.js";

export function start(root) {
  for (const menu of fresh(root, "details.menu")) {
    const close = () => menu.removeAttribute("open");
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      close();
      menu.querySelector("summary").focus();
    });
    document.addEventListener("click", (event) => {
      if (menu.open && !menu.contains(event.target)) close();
    });
  }
}
