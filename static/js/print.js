// [data-print]: print the page. Hidden where there is no script: the browser's own menu prints too.
import { fresh } from "./marks.js";

export function start(root) {
  for (const button of fresh(root, "[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}
