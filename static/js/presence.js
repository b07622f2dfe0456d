// [data-presence-url]: tell the server that this person looks at it; show who else does.
import { csrfToken, fresh } from "./marks.js";

const EVERY = 20_000;

export function start(root) {
  for (const place of fresh(root, "[data-presence-url]")) {
    const ping = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(place.dataset.presenceUrl, {
          method: "POST",
          headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
          credentials: "same-origin",
        });
        if (!answer.ok) return;
        const { others = [] } = await answer.json();
        const text = others.length ? (place.dataset.presenceWords ?? "%s").replace("%s", others.join(", ")) : "";
        place.hidden = !text;
        if (place.textContent !== text) place.textContent = text;
      } catch {
        // The network is away: the next ping tries again.
      }
    };
    ping();
    const timer = setInterval(() => (place.isConnected ? ping() : clearInterval(timer)), EVERY);
  }
}
