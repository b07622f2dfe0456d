// [data-list-keys]: j and k walk the rows, x chooses one, Enter opens. Letters typed into fields stay letters.
import { fresh } from "./marks.js";

export function start(root) {
  const [list] = fresh(root, "[data-list-keys]");
  if (!list) return;
  const rowsOf = () => [...list.querySelectorAll(list.dataset.listKeys || ".row")];
  let chosen = -1;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")) return;
    if (!list.isConnected || !["j", "k", "x", "о", "л", "ч"].includes(event.key)) return;
    const rows = rowsOf();
    if (!rows.length) return;
    if (event.key === "x" || event.key === "ч") {
      rows[chosen]?.querySelector('input[name="chosen"]')?.click();
      return;
    }
    // The same keys on a Russian keyboard.
    const step = event.key === "j" || event.key === "о" ? 1 : -1;
    rows[chosen]?.classList.remove("is-chosen");
    chosen = Math.min(Math.max(chosen + step, 0), rows.length - 1);
    rows[chosen].classList.add("is-chosen");
    const link = rows[chosen].querySelector("a");
    link?.focus({ preventScroll: true });
    rows[chosen].scrollIntoView({ block: "nearest" });
    event.preventDefault();
  });
}
