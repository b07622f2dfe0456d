// The portal as an app: the service worker, what is kept on the device, and news of both.
import { ask as askFirst } from "./confirm.js";
import * as doorMarks from "./door-marks.js";
import { fresh, said } from "./marks.js";

const drafts = globalThis.deviceDrafts;
const worker = navigator.serviceWorker;

export function start(root) {
  if (!drafts || !globalThis.indexedDB) return;
  if (root === document) once();
  // A house chosen while filing is offered next time without a signal.
  for (const house of fresh(root, "[data-known-house]")) {
    drafts.knowHouse({ id: Number(house.dataset.knownHouse), address: house.dataset.address }).catch(() => {});
  }
  for (const form of fresh(root, "form[data-signs-out]")) warn(form);
  for (const count of fresh(root, "[data-unread]")) badge(Number(count.dataset.unread));
}

function once() {
  if (!worker || !globalThis.isSecureContext) return;
  worker.register("/sw.js", { scope: "/" }).then(settle).catch(() => {});
}

async function settle() {
  const ready = await worker.ready;
  if (matchMedia("(display-mode: standalone)").matches) ready.active.postMessage("installed");
  const keptAt = await ask(ready.active, "kept-at?");
  if (keptAt) showKept(keptAt);
  addEventListener("online", sendWaiting);
  if (navigator.onLine) sendWaiting();
}

// Where the browser has no background sync, what waits goes out when a page is open again.
async function sendWaiting() {
  const waiting = (await drafts.mine()).some((draft) => draft.state === "waiting");
  if (waiting) await drafts.sendAll().catch(() => {});
}

function ask(active, question) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => done(event.data);
    active.postMessage(question, [port2]);
    setTimeout(() => done(null), 1000);
  });
}

function showKept(at) {
  // Its own words stand on the page for filing: it works without a signal by design.
  if (document.querySelector("[data-device-draft]")) return;
  const words = said("wordsKept");
  const main = document.querySelector("main");
  if (!words || !main) return;
  const notice = document.createElement("p");
  notice.className = "notice notice--wait kept";
  notice.setAttribute("role", "status");
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  notice.textContent = words.replace("#", when.format(at));
  main.prepend(notice);
}

// Unsent requests of a person leave the device with them: they are told before.
function warn(form) {
  // Before all other listeners: a press that is looked into must not count as the one that was sent.
  form.addEventListener("submit", (event) => {
    if (form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    leave(form, event.submitter);
  }, { capture: true });
}

async function leave(form, submitter) {
  const mine = await drafts.mine().catch(() => []);
  const unsent = mine.filter((draft) => draft.owner !== drafts.NOBODY && draft.state !== "sent");
  const marks = doorMarks.unsent();
  if (unsent.length || marks.length) {
    form.addEventListener("submit", () => {
      drafts.leave().catch(() => {});
      doorMarks.clear();
    });
    const { unsent: requests, unsentMarks } = form.dataset;
    const words = unsent.length ? requests.replace("#", unsent.length) : unsentMarks.replace("#", marks.length);
    askFirst(form, submitter, words);
    return;
  }
  await drafts.leave().catch(() => {});
  form.dataset.confirmed = "yes";
  form.requestSubmit(submitter ?? undefined);
}

function badge(count) {
  if (!navigator.setAppBadge) return;
  (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {});
}
