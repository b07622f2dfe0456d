// <time data-since datetime="…">: how long it is ago, as minutes and seconds; the server measures by itself.
import { fresh } from "./marks.js";

export function start(root) {
  for (const time of fresh(root, "time[data-since]")) {
    const tick = () => {
      const seconds = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 1000));
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (!time.isConnected) clearInterval(timer);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }
}
