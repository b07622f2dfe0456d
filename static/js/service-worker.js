// Served at /sw.js behind one line that says what this version of the portal is made of (SHELL).
// Keeps the page for filing without a signal, pages seen before, and sends what was written offline.
"use strict";

importScripts(SHELL.drafts);

const drafts = self.deviceDrafts;
const STATIC = "static-1";
const PAGES = "pages-1";
const OWN = "own-1-";
// A page of yesterday's list helps in a cellar; one of last month misleads.
const KEPT_FOR = 7 * 24 * 3600 * 1000;
const MOST_PAGES = 40;
const MOST_PARTS = 400;
const PATIENCE = 8000;
const KEPT_AT = "X-Kept-At";
// Personal pages that are worth reading without a signal; all others of an account are never kept.
const PERSONAL = /^\/requests\/(mine\/|\d\d-\d{6,12}\/)$/;
// Written out to the end: below some of these addresses lie links that let in whoever holds them.
const PUBLIC = /^\/($|guides\/([\w-]+\/)?$|outages\/(\d+\/)?$|buildings\/\d+\/$|recalculation\/$|companies\/(\d+\/)?$|ratings\/([\d-]+\/)?$|reception\/$|seminars\/(\d+\/)?$|help\/$|consultations\/$|calendar\/$|requests\/$)/;
// Which open page came from the device, and of when: the page asks, to say so.
const keptFor = new Map();

self.addEventListener("install", (event) => {
  event.waitUntil(prepare().then(() => self.skipWaiting()));
});

async function prepare() {
  const [parts, pages] = await Promise.all([caches.open(STATIC), caches.open(PAGES)]);
  const missing = [];
  for (const address of SHELL.parts) if (!(await parts.match(address))) missing.push(address);
  await parts.addAll(missing);
  // Asked for as nobody: the page must be the same for whoever opens it.
  const start = await fetch(SHELL.start, { credentials: "omit", cache: "no-cache" });
  if (!start.ok) throw new Error("the page for filing offline did not come");
  await pages.put(SHELL.start, await dated(start));
}

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

async function tidy() {
  for (const name of await caches.keys()) {
    if (name !== STATIC && name !== PAGES && !name.startsWith(OWN)) await caches.delete(name);
  }
  await trim(STATIC, MOST_PARTS);
}

async function trim(name, most) {
  const cache = await caches.open(name);
  const keys = (await cache.keys()).filter((request) => {
    const { pathname } = new URL(request.url);
    return pathname !== SHELL.start && !SHELL.parts.includes(pathname);
  });
  for (const request of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && request.mode === "navigate") {
    if (url.pathname === SHELL.share) event.respondWith(takeShared(request));
    else if (SHELL.leave.includes(url.pathname)) event.respondWith(leaving(request));
    else if (url.pathname === SHELL.close) event.respondWith(dropOwn().then(() => fetch(request)));
    return;
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith(SHELL.static)) event.respondWith(part(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
});

// Static files carry a digest in their name: what is kept never grows old.
async function part(request) {
  const cache = await caches.open(STATIC);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200 && /\.[0-9a-f]{12}\./.test(request.url)) {
    await cache.put(request.url, answer.clone());
  }
  return answer;
}

async function page(event, url) {
  const plain = !url.search;
  try {
    const answer = await soon(event.request);
    await note(answer);
    if (plain && answer.ok && answer.type === "basic" && !answer.redirected) {
      event.waitUntil(keepPage(url.pathname, answer.clone()).catch(() => {}));
    }
    return answer;
  } catch (lost) {
    const kept = plain ? await keptPage(url.pathname) : null;
    if (kept) {
      keptFor.set(event.resultingClientId, Number(kept.headers.get(KEPT_AT)));
      return kept;
    }
    const start = await caches.match(SHELL.start);
    if (!start) throw lost;
    keptFor.set(event.resultingClientId, Number(start.headers.get(KEPT_AT)));
    return start;
  }
}

// A signal that is there and carries nothing is no signal; where nothing is kept, wait on.
async function soon(request) {
  const controller = new AbortController();
  const { pathname, search } = new URL(request.url);
  const hasKept = !search && (await keptPage(pathname));
  const timer = hasKept ? setTimeout(() => controller.abort(), PATIENCE) : 0;
  try {
    return await fetch(request, { signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

// Somebody else reads now: what was kept for another goes.
async function note(answer) {
  const name = answer.headers.get("X-Reader");
  if (name === null) return;
  await drafts.remember("reader", name);
  for (const cache of await caches.keys()) {
    if (cache.startsWith(OWN) && cache !== OWN + name) await caches.delete(cache);
  }
}

async function keepPage(path, answer) {
  const name = answer.headers.get("X-Reader") ?? drafts.NOBODY;
  let where = null;
  if (PERSONAL.test(path)) {
    // Opened by a code, without an account: kept on a phone that has the app, not in a browser
    // that others may use, since nobody signs out there.
    if (name !== drafts.NOBODY || (await drafts.recall("installed"))) where = OWN + name;
  } else if (PUBLIC.test(path)) {
    where = name === drafts.NOBODY ? PAGES : OWN + name;
  }
  if (!where) return;
  const cache = await caches.open(where);
  // Deleted first, so that the order of keys is that of the last look.
  await cache.delete(path);
  await cache.put(path, await dated(answer));
  await trim(where, MOST_PAGES);
}

async function keptPage(path) {
  const own = (await caches.keys()).filter((name) => name.startsWith(OWN));
  for (const name of [...own, PAGES]) {
    const found = await (await caches.open(name)).match(path);
    if (!found) continue;
    if (path === SHELL.start || Date.now() - Number(found.headers.get(KEPT_AT)) < KEPT_FOR) return found;
    await (await caches.open(name)).delete(path);
  }
  return null;
}

async function dated(answer) {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  return new Response(await answer.blob(), { status: answer.status, headers });
}

async function leaving(request) {
  await dropOwn();
  await drafts.leave();
  return fetch(request);
}

async function dropOwn() {
  for (const name of await caches.keys()) if (name.startsWith(OWN)) await caches.delete(name);
}

// Photos from the phone's share sheet wait on the device until the page takes them.
async function takeShared(request) {
  const form = await request.formData();
  const photos = form.getAll("photos").filter((file) => file instanceof File && file.size);
  const text = [form.get("title"), form.get("text")].filter(Boolean).join("\n");
  await drafts.remember("shared", { photos: photos.map((file) => ({ name: file.name, blob: file })), text });
  return Response.redirect(SHELL.start, 303);
}

self.addEventListener("sync", (event) => {
  if (event.tag === "device-drafts") event.waitUntil(sendAndTell());
});

async function sendAndTell() {
  const done = await drafts.sendAll();
  if (!done.length || !("Notification" in self) || Notification.permission !== "granted") return;
  const open = await self.clients.matchAll({ type: "window" });
  if (open.some((client) => client.visibilityState === "visible")) return;
  for (const draft of done) {
    const sent = draft.state === "sent";
    await self.registration.showNotification(sent ? SHELL.words.sent : SHELL.words.look, {
      body: sent ? SHELL.words.number.replace("%s", draft.number) : SHELL.words.house,
      icon: SHELL.icon,
      tag: `draft-${draft.id}`,
      data: { url: SHELL.start },
    });
  }
}

self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data?.json() ?? {}; } catch { said = { title: event.data?.text() }; }
  const shown = self.registration.showNotification(said.title || "", {
    body: said.body || "",
    icon: SHELL.icon,
    badge: SHELL.icon,
    tag: said.tag || undefined,
    data: { url: said.url || "/", receipt: said.receipt },
  });
  const badge = Number.isInteger(said.badge) && self.navigator.setAppBadge
    ? self.navigator.setAppBadge(said.badge).catch(() => {}) : null;
  event.waitUntil(Promise.all([shown, badge, shown.then(() => acknowledge(said.receipt))]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url, receipt } = event.notification.data ?? {};
  event.waitUntil(Promise.all([openPage(url ?? "/"), acknowledge(receipt, "opened=1")]));
});

// Only where the portal asks: else it sends the same news by another way.
async function acknowledge(receipt, body = "") {
  if (!receipt) return;
  const url = new URL(receipt, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  await fetch(url, { method: "POST", body, headers }).catch(() => {});
}

async function openPage(address) {
  const url = new URL(address, self.location.origin);
  // A message opens this portal's pages and nothing else.
  if (url.origin !== self.location.origin) return;
  const open = await self.clients.matchAll({ type: "window" });
  const same = open.find((client) => client.url === url.href);
  if (same) await same.focus();
  else await self.clients.openWindow(url.href);
}

self.addEventListener("message", (event) => {
  if (event.data === "kept-at?") {
    event.ports[0].postMessage(keptFor.get(event.source.id) ?? null);
  } else if (event.data === "installed") {
    event.waitUntil(drafts.remember("installed", true));
  }
});
