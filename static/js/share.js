// [data-share="address"]: the phone's own share sheet, or the clipboard where there is none.
import { flash } from "./copy.js";
import { fresh } from "./marks.js";

export function start(root) {
  if (!navigator.share && !navigator.clipboard) return;
  for (const button of fresh(root, "[data-share]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const url = new URL(button.dataset.share || location.href, location.href).href;
      if (navigator.share) {
        await navigator.share({ title: button.dataset.shareTitle, url }).catch(() => {});
        return;
      }
      await navigator.clipboard.writeText(url);
      flash(button.querySelector("[data-share-words]") ?? button, button.dataset.done);
    });
  }
}
