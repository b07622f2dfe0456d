// [data-install]: the offer to put the portal on the home screen. It stands where a person has just
// done something that they will come back to, never on the way; refused once, it is silent for long.
import { fresh } from "./marks.js";

const REFUSED = "install-refused";
const SILENT = 90 * 24 * 3600 * 1000;
let offered;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event;
  for (const card of document.querySelectorAll("[data-install]")) show(card);
});

addEventListener("appinstalled", () => {
  for (const card of document.querySelectorAll("[data-install]")) card.hidden = true;
});

export function start(root) {
  for (const card of fresh(root, "[data-install]")) {
    card.querySelector("[data-install-yes]").addEventListener("click", async () => {
      await offered.prompt();
      const { outcome } = await offered.userChoice;
      if (outcome === "dismissed") refuse();
      card.hidden = true;
    });
    card.querySelector("[data-install-no]").addEventListener("click", () => {
      refuse();
      card.hidden = true;
    });
    // Safari never asks: there the way is told in words.
    if (navigator.standalone === false) {
      card.querySelector("[data-install-yes]").hidden = true;
      card.querySelector("[data-install-apple]").hidden = false;
      show(card);
    } else if (offered) show(card);
  }
}

function show(card) {
  let refused = 0;
  try { refused = Number(localStorage.getItem(REFUSED)) || 0; } catch { /* no storage: ask again */ }
  if (Date.now() - refused > SILENT) card.hidden = false;
}

function refuse() {
  try { localStorage.setItem(REFUSED, String(Date.now())); } catch { /* then it asks again */ }
}
