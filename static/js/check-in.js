// The door of a seminar ([data-check-in]). What is pressed is kept in this browser and sent when there
// is a signal; the server takes each mark once. Kept are the uid of a sign-up and a time; of somebody
// who came without signing up also name and e-mail, until they are sent.
import { kept, marksOf, walksOf } from "./door-marks.js";

const page = document.querySelector("[data-check-in]");
const { user, meeting, url, waiting, sent, signin, unknown, scanning } = page.dataset;
const state = document.querySelector("[data-check-in-state]");
const counter = document.querySelector("[data-check-in-count]");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
const MARKS = marksOf(user, meeting);
const WALKS = walksOf(user, meeting);
const EVERY = 15_000;

function tell(words) {
  if (state.textContent !== words) state.textContent = words;
}

function count() {
  counter.textContent = document.querySelectorAll('[data-sign-up][data-here="yes"]').length;
}

function show(row, here) {
  row.dataset.here = here ? "yes" : "no";
  const button = row.querySelector("button");
  button.setAttribute("aria-pressed", String(here));
  row.querySelector("[name=here]").value = here ? "no" : "yes";
  count();
}

function mark(row, here) {
  localStorage.setItem(MARKS + row.dataset.signUp, JSON.stringify({ here, at: new Date().toISOString() }));
  show(row, here);
  send();
}

// One at a time: a second call while the first is under way only asks for another turn.
let busy = false;
let again = false;
async function send() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  again = false;
  const marks = kept(MARKS);
  const walks = kept(WALKS);
  const all = [...marks, ...walks];
  if (all.length === 0) {
    busy = false;
    return;
  }
  try {
    const answer = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({
        meeting,
        marks: marks.map(([key, value]) => ({ uid: key.slice(MARKS.length), ...JSON.parse(value) })),
        walk_ins: walks.map(([key, value]) => ({ key: key.slice(WALKS.length), ...JSON.parse(value) })),
      }),
    });
    if (answer.ok) {
      const settled = new Set((await answer.json()).settled);
      for (const [key, value] of all) {
        const name = key.slice(key.startsWith(MARKS) ? MARKS.length : WALKS.length);
        // Pressed again meanwhile: the newer word is still to be sent.
        if (settled.has(name) && localStorage.getItem(key) === value) localStorage.removeItem(key);
      }
      const left = kept(MARKS).length + kept(WALKS).length;
      // That all is sent must not cover that the last code was unknown.
      if (left) tell(waiting.replace("#", left));
      else if (state.textContent !== unknown) tell(sent);
    } else {
      tell(signin.replace("#", all.length));
    }
  } catch {
    tell(waiting.replace("#", all.length));
  }
  busy = false;
  if (again) send();
}

function enter(code) {
  const wanted = code.toUpperCase().replace(/\s/g, "");
  const row = document.querySelector(`[data-code="${CSS.escape(wanted)}"]`);
  if (!row) {
    tell(unknown);
    return false;
  }
  mark(row, true);
  row.scrollIntoView({ block: "center" });
  tell(row.querySelector("[data-name]").textContent);
  return true;
}

// What was kept when the page was left comes back with it.
for (const [key, value] of kept(MARKS)) {
  const row = document.querySelector(`[data-sign-up="${CSS.escape(key.slice(MARKS.length))}"]`);
  if (row) show(row, JSON.parse(value).here);
}

for (const row of document.querySelectorAll("[data-sign-up]")) {
  row.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    mark(row, row.dataset.here !== "yes");
  });
}

const codes = document.querySelector("[data-check-in-code]");
codes.addEventListener("submit", (event) => {
  event.preventDefault();
  const box = codes.elements.code;
  if (enter(box.value)) box.value = "";
  box.focus();
});
if (codes.elements.code.value) codes.elements.code.select();

const walk = document.querySelector("[data-walk-in]");
walk.addEventListener("submit", (event) => {
  const { name, email, consent } = walk.elements;
  // With something missing the server says what.
  if (!name.value.trim() || !consent.checked || !walk.elements.key.value) return;
  event.preventDefault();
  const value = { name: name.value.trim(), email: email.value.trim(), at: new Date().toISOString() };
  localStorage.setItem(WALKS + walk.elements.key.value, JSON.stringify(value));
  walk.elements.key.value = crypto.randomUUID();
  const item = document.createElement("li");
  item.textContent = value.name;
  document.querySelector("[data-walked]").append(item);
  name.value = email.value = "";
  consent.checked = false;
  name.focus();
  send();
});

// Finding a name in a long list.
const find = document.querySelector("[data-check-in-find]");
find.closest("[hidden]")?.removeAttribute("hidden");
find.addEventListener("input", () => {
  const words = find.value.trim().toLowerCase();
  for (const row of document.querySelectorAll("[data-sign-up]"))
    row.hidden = !row.querySelector("[data-name]").textContent.toLowerCase().includes(words);
});

// The camera, where the browser reads codes itself.
const scan = document.querySelector("[data-check-in-scan]");
const video = document.querySelector("[data-check-in-video]");
if ("BarcodeDetector" in window && navigator.mediaDevices) {
  scan.hidden = false;
  scan.addEventListener("click", async () => {
    if (video.srcObject) {
      for (const track of video.srcObject.getTracks()) track.stop();
      video.srcObject = null;
      video.hidden = true;
      return;
    }
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      tell(scanning);
      return;
    }
    video.hidden = false;
    // Not awaited: a picture that comes late is looked at late.
    video.play().catch(() => {});
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    let last = "";
    const look = async () => {
      if (!video.srcObject) return;
      const [found] = await detector.detect(video).catch(() => []);
      // The same pass before the camera is one press.
      if (found && found.rawValue !== last) {
        last = found.rawValue;
        const query = last.split("?", 2)[1] ?? "";
        enter(new URLSearchParams(query).get("code") ?? last);
      }
      setTimeout(look, 250);
    };
    look();
  });
}

addEventListener("online", send);
document.addEventListener("visibilitychange", send);
setInterval(send, EVERY);
addEventListener("beforeunload", (event) => {
  if (kept(MARKS).length + kept(WALKS).length && !navigator.onLine) event.preventDefault();
});
count();
send();
