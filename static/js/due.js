// <time data-due datetime="…">: keep «3 h 20 min left» true while the page stays open.
// The words come from the page's data-words-left and data-words-late, so a translation needs no script; # stands for the time.
import { fresh, said } from "./marks.js";

const MINUTE = 60_000;
const NEAR = 48 * 60 * MINUTE;
const language = document.documentElement.lang || "ru";
const unit = (name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" });
const [hours, minutes] = [unit("hour"), unit("minute")];
const watched = new Set();
let timer;

function inWords(left) {
  const total = Math.floor(Math.abs(left) / MINUTE);
  const [h, m] = [Math.floor(total / 60), total % 60];
  return [h && hours.format(h), (m || !h) && minutes.format(m)].filter(Boolean).join(" ");
}

function tick() {
  for (const time of watched) {
    if (!time.isConnected) {
      watched.delete(time);
      continue;
    }
    const left = new Date(time.dateTime) - Date.now();
    // Days are the server's to say: it knows the calendar.
    if (Math.abs(left) > NEAR) continue;
    const words = said(left < 0 ? "wordsLate" : "wordsLeft");
    if (!words) continue;
    const text = words.replace("#", inWords(left));
    if (time.textContent !== text) time.textContent = text;
    const clock = time.closest(".clock");
    if (left < 0 && clock) {
      clock.classList.remove("clock--left", "clock--soon");
      clock.classList.add("clock--late");
    }
  }
}

export function start(root) {
  for (const time of fresh(root, "time[data-due]")) watched.add(time);
  if (!watched.size) return;
  tick();
  timer ??= setInterval(tick, MINUTE / 2);
}
