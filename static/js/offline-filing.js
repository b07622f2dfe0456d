// The page for filing without a signal: the form's words and photos go to the device first, then out.
const drafts = globalThis.deviceDrafts;
const form = document.querySelector("form[data-device-draft]");
const list = document.querySelector("[data-device-drafts]");
const part = (name) => document.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
let photos = [];
let editing = null;

async function begin() {
  if (!drafts || !globalThis.indexedDB) return;
  document.querySelector("[data-needs-script]")?.remove();
  form.hidden = false;
  await offerHouses();
  await takeShared();
  await showDrafts();
  drafts.news?.addEventListener("message", showDrafts);
  for (const name of ["online", "offline"]) addEventListener(name, showSignal);
  showSignal();
  form.elements.category.addEventListener("change", showStop);
  for (const name of ["photos", "camera"]) form.elements[name].addEventListener("change", addPhotos);
  form.addEventListener("submit", save);
  if (navigator.onLine) send();
}

function showSignal() {
  for (const words of document.querySelectorAll("[data-signal]")) {
    words.hidden = (words.dataset.signal === "on") !== navigator.onLine;
  }
}

async function offerHouses() {
  const known = (await drafts.recall("houses")) ?? [];
  const options = document.getElementById("known-houses");
  options.replaceChildren(...known.map(({ address }) => {
    const option = document.createElement("option");
    option.value = address;
    return option;
  }));
  if (known.length && !form.elements.address.value) form.elements.address.value = known[0].address;
}

async function takeShared() {
  const shared = await drafts.recall("shared");
  if (!shared) return;
  photos = shared.photos;
  if (shared.text && !form.elements.description.value) form.elements.description.value = shared.text;
  await drafts.forget("shared");
  showPhotos();
}

function showStop() {
  const slug = form.elements.category.value;
  for (const stop of document.querySelectorAll("[data-stop]")) stop.hidden = stop.dataset.stop !== slug;
}

function addPhotos({ target }) {
  const { most, bytes } = form.dataset;
  const wrong = [];
  for (const file of target.files) {
    if (file.size > Number(bytes)) wrong.push(`${file.name}: ${form.dataset.tooLarge}`);
    else if (photos.length >= Number(most)) wrong.push(`${file.name}: ${form.dataset.tooMany}`);
    else photos.push({ name: file.name, blob: file });
  }
  target.value = "";
  blame("photos", wrong.length > 0).querySelector("[data-said]").textContent = wrong.join(" ");
  showPhotos();
}

function showPhotos() {
  const row = document.querySelector("[data-device-photos]");
  for (const image of row.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  row.replaceChildren(...photos.map((photo, place) => {
    const item = part("photo");
    item.querySelector("[data-name]").textContent = photo.name;
    const image = item.querySelector("img");
    if (/^image\/(jpeg|png|webp)$/.test(photo.blob.type)) image.src = URL.createObjectURL(photo.blob);
    else image.remove();
    item.querySelector("button").addEventListener("click", () => {
      photos.splice(place, 1);
      showPhotos();
    });
    return item;
  }));
}

function blame(name, isWrong) {
  const place = form.querySelector(`[data-error="${name}"]`);
  place.hidden = !isWrong;
  place.closest(".field")?.classList.toggle("field--wrong", isWrong);
  return place;
}

// The same gaps that intake would name, said now: later there may be nobody to ask.
function wrongFields(values) {
  const wrong = [];
  const judge = (name, isWrong) => {
    blame(name, isWrong);
    if (isWrong) wrong.push(name);
  };
  judge("address", !values.address);
  judge("category", !values.category);
  judge("description", !values.description);
  judge("contact", !values.email && !values.phone);
  judge("consent", !values.consent);
  return wrong;
}

async function save(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  const read = (name) => form.elements[name].value.trim();
  const values = Object.fromEntries(["address", "flat", "entrance", "category", "description", "name", "email", "phone"].map((name) => [name, read(name)]));
  values.consent = form.elements.consent.checked;
  values.public = form.elements.public.checked;
  const wrong = wrongFields(values);
  if (wrong.length) {
    form.querySelector(`[data-error="${wrong[0]}"]`).closest(".field").querySelector("input, select, textarea").focus();
    return;
  }
  const known = ((await drafts.recall("houses")) ?? []).find((house) => house.address === values.address);
  await drafts.keep({
    ...values,
    // Made by this device, unguessable: the portal takes one request by it, however often it is sent.
    id: editing?.id ?? crypto.randomUUID(),
    owner: await drafts.reader(),
    written: Date.now(),
    state: "waiting",
    building: known ?? null,
    photos,
    matter: form.elements.category.selectedOptions[0].textContent,
  });
  form.reset();
  photos = [];
  editing = null;
  showPhotos();
  showStop();
  await showDrafts();
  list.scrollIntoView({ block: "start" });
  list.focus({ preventScroll: true });
  await send();
}

async function send() {
  // Asks the browser to send it even when this page is closed by then.
  const ready = await navigator.serviceWorker?.ready;
  await ready?.sync?.register("device-drafts").catch(() => {});
  if (!navigator.onLine) return;
  await drafts.sendAll().catch(() => {});
  await showDrafts();
}

async function showDrafts() {
  const mine = await drafts.mine();
  list.hidden = !mine.length;
  list.querySelector("ul").replaceChildren(...mine.map(row));
}

function row(draft) {
  const item = part(draft.state);
  const set = (mark, text) => { const place = item.querySelector(`[data-${mark}]`); if (place) place.textContent = text; };
  set("matter", draft.matter ?? "");
  set("place", draft.building?.address ?? draft.address ?? "");
  set("number", draft.number ?? "");
  set("count", draft.photos?.length ? String(draft.photos.length) : "");
  if (draft.state === "sent") item.querySelector("a").href = draft.url;
  if (draft.state === "wrong") item.querySelector("[data-errors]").replaceChildren(...draft.errors.map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }));
  if (draft.state === "house") choices(item, draft);
  item.querySelector("[data-edit]")?.addEventListener("click", () => edit(draft));
  item.querySelector("[data-remove]").addEventListener("click", () => drafts.remove(draft.id).then(showDrafts));
  return item;
}

function choices(item, draft) {
  item.querySelector("[data-choices]").replaceChildren(...draft.choices.map((house) => {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary button--small";
    button.textContent = house.address;
    button.addEventListener("click", async () => {
      await drafts.keep({ ...draft, building: house, state: "waiting" });
      await drafts.knowHouse(house);
      await send();
    });
    line.append(button);
    return line;
  }));
  item.querySelector("[data-none]").hidden = draft.choices.length > 0;
}

async function edit(draft) {
  for (const name of ["address", "flat", "entrance", "category", "description", "name", "email", "phone"]) form.elements[name].value = draft[name] ?? "";
  form.elements.consent.checked = draft.consent;
  form.elements.public.checked = draft.public;
  photos = draft.photos;
  editing = draft;
  showPhotos();
  showStop();
  form.scrollIntoView({ block: "start" });
  form.elements.address.focus({ preventScroll: true });
}

begin();
