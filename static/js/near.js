// [data-near="address"]: the houses nearest to where the person stands, with the browser's leave.
// The place goes to the search alone: it is not kept, and stands in no address bar.
import { fresh } from "./marks.js";

export function start(root) {
  if (!navigator.geolocation || !globalThis.isSecureContext || !globalThis.htmx) return;
  for (const button of fresh(root, "[data-near]")) {
    button.hidden = false;
    const words = button.querySelector("[data-near-words]");
    const calm = words.textContent;
    button.addEventListener("click", () => {
      words.textContent = button.dataset.looking;
      button.setAttribute("aria-busy", "true");
      const settle = (text) => {
        words.textContent = text;
        button.removeAttribute("aria-busy");
      };
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          settle(calm);
          const place = `${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)}`;
          htmx.ajax("GET", `${button.dataset.near}${encodeURIComponent(place)}`, { target: "#found", swap: "outerHTML" });
        },
        () => settle(button.dataset.unknown),
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }
}
