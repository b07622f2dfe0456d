// Requests written on this device and not sent yet: kept in IndexedDB with their photos, sent when
// the signal is back, each once by its own key. Shared by pages (a plain script, before the modules)
// and the service worker (importScripts), so it is no module itself.
"use strict";

self.deviceDrafts = (() => {
  const NAME = "portal";
  const NOBODY = "-";
  // Fixed addresses of the portal: docs/app.md.
  const READER = "/app/reader.json";
  const BUILDINGS = "/api/v1/buildings/";
  const UPLOADS = "/api/v1/uploads/";
  const REQUESTS = "/api/v1/requests/";
  const news = typeof BroadcastChannel === "function" ? new BroadcastChannel("device-drafts") : null;
  let opened;

  function database() {
    opened ??= new Promise((done, failed) => {
      const ask = indexedDB.open(NAME, 1);
      ask.onupgradeneeded = () => {
        ask.result.createObjectStore("drafts", { keyPath: "id" });
        // What the device knows: the reader's name, photos that were shared, houses chosen before.
        ask.result.createObjectStore("known");
      };
      ask.onsuccess = () => done(ask.result);
      ask.onerror = () => failed(ask.error);
    });
    return opened;
  }

  async function within(store, mode, work) {
    const db = await database();
    return new Promise((done, failed) => {
      const change = db.transaction(store, mode);
      const asked = work(change.objectStore(store));
      change.oncomplete = () => done(asked?.result);
      change.onerror = change.onabort = () => failed(change.error);
    });
  }

  const recall = (name) => within("known", "readonly", (store) => store.get(name));
  const remember = (name, value) => within("known", "readwrite", (store) => store.put(value, name));
  const forget = (name) => within("known", "readwrite", (store) => store.delete(name));
  const find = (id) => within("drafts", "readonly", (store) => store.get(id));
  const remove = (id) => within("drafts", "readwrite", (store) => store.delete(id)).then(tell);

  async function keep(draft) {
    await within("drafts", "readwrite", (store) => store.put(draft));
    tell();
    return draft;
  }

  function tell() {
    news?.postMessage("changed");
  }

  async function reader() {
    return (await recall("reader")) ?? NOBODY;
  }

  // Those that may be shown to whoever reads now: written by them, or by nobody in particular.
  async function mine() {
    const me = await reader();
    const all = await within("drafts", "readonly", (store) => store.getAll());
    return all.filter((draft) => draft.owner === NOBODY || draft.owner === me)
      .sort((one, other) => one.written - other.written);
  }

  // Signing out: nothing of a person's stays on the device.
  async function leave() {
    const all = await within("drafts", "readonly", (store) => store.getAll());
    for (const draft of all) if (draft.owner !== NOBODY) await remove(draft.id);
    await forget("houses");
    await remember("reader", NOBODY);
  }

  async function knowHouse(house) {
    const houses = (await recall("houses")) ?? [];
    await remember("houses", [house, ...houses.filter((one) => one.id !== house.id)].slice(0, 5));
  }

  // One sender at a time, page or worker: the key guards the request, the lock spares the photos.
  async function sendAll() {
    if (!self.navigator?.locks) return sendEach();
    return navigator.locks.request("device-drafts", () => sendEach());
  }

  async function sendEach() {
    const sent = [];
    let waiting = (await mine()).filter((draft) => draft.state === "waiting");
    if (!waiting.length) return sent;
    const here = await (await fetch(READER, { credentials: "same-origin" })).json();
    await remember("reader", here.reader);
    waiting = waiting.filter((draft) => draft.owner === NOBODY || draft.owner === here.reader);
    for (const draft of waiting) {
      if (draft.notBefore && draft.notBefore > Date.now()) continue;
      if (await send(draft, here.csrf)) sent.push(draft);
    }
    return sent;
  }

  async function send(draft, csrf) {
    if (!draft.building && !(await findHouse(draft))) return true;
    for (const photo of draft.photos) {
      if (photo.upload) continue;
      const form = new FormData();
      form.append("file", photo.blob, photo.name);
      const answer = await post(UPLOADS, form, { "X-CSRFToken": csrf });
      if (answer.status === 201) photo.upload = (await answer.json()).id;
      else if (await later(draft, answer)) return false;
      else return refused(draft, answer, photo.name);
      // Before the next photo: a signal lost here must not send this one again.
      await keep(draft);
    }
    const answer = await post(REQUESTS, JSON.stringify(asBody(draft)), {
      "Content-Type": "application/json",
      "Idempotency-Key": draft.id,
      "X-CSRFToken": csrf,
    });
    if (answer.status === 201) {
      const filed = await answer.json();
      // The words, the photos and the contact have done their work: only where to look stays.
      await keep({ id: draft.id, owner: draft.owner, written: draft.written, state: "sent", number: filed.number, url: filed.tracking_url });
      draft.state = "sent";
      draft.number = filed.number;
      draft.url = filed.tracking_url;
      return true;
    }
    if (await later(draft, answer)) return false;
    return refused(draft, answer, "");
  }

  function post(address, body, headers) {
    return fetch(address, { method: "POST", body, headers: { ...headers, Accept: "application/json" }, credentials: "same-origin" });
  }

  function asBody(draft) {
    const { name, email, phone, category, flat, entrance, description, consent } = draft;
    return {
      category, flat, entrance, description, consent,
      building: draft.building.id,
      contact: { name, email, phone },
      public: draft.public,
      uploads: draft.photos.map((photo) => photo.upload),
      channel: "web",
    };
  }

  // Words of an address become a house only when there is no doubt; else the person is asked.
  async function findHouse(draft) {
    const answer = await fetch(`${BUILDINGS}?q=${encodeURIComponent(draft.address)}`);
    if (!answer.ok) throw new Error("no answer about houses");
    const { results } = await answer.json();
    const sure = results.filter((house) => !house.guess);
    if (sure.length === 1 || (sure.length && plain(sure[0].address) === plain(draft.address))) {
      draft.building = { id: sure[0].id, address: sure[0].address };
      await keep(draft);
      return true;
    }
    draft.state = "house";
    draft.choices = results.map(({ id, address }) => ({ id, address }));
    await keep(draft);
    return false;
  }

  function plain(address) {
    return address.toLowerCase().replaceAll("ё", "е").replace(/[^\p{L}\p{N}]/gu, "");
  }

  // The portal is busy or asks to wait: the draft stays and goes out by itself later.
  async function later(draft, answer) {
    if (answer.status !== 429 && answer.status < 500) return false;
    const seconds = Number(answer.headers.get("Retry-After")) || 60;
    await keep({ ...draft, notBefore: Date.now() + seconds * 1000 });
    return true;
  }

  async function refused(draft, answer, file) {
    const problem = await answer.json().catch(() => ({}));
    const errors = (problem.errors ?? []).map((one) => one.message);
    draft.state = "wrong";
    draft.errors = errors.length ? errors : [problem.detail ?? problem.title ?? ""];
    if (file) draft.errors = draft.errors.map((text) => `${file}: ${text}`);
    // Photos that the portal no longer holds are sent anew with the mended request.
    for (const photo of draft.photos) delete photo.upload;
    await keep(draft);
    return true;
  }

  return { NOBODY, recall, remember, forget, find, keep, remove, mine, reader, leave, knowHouse, sendAll, news };
})();
