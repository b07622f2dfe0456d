// [data-draw=id]: corners of a rectangle or polygon pressed on the map inside, written into the
// field with that id as «lat lon, lat lon». The server finds the houses; lists work without this.
/* global L */

const MOST = 60;

function start(part) {
  const place = part.querySelector("[data-map]");
  const map = place?.leaflet;
  const field = document.getElementById(part.dataset.draw) ?? part.querySelector("input[type=hidden]");
  if (!map || !field) return;
  const tools = part.querySelector(".choose__tools");
  const words = part.querySelector("[data-draw-words]");
  const centre = part.querySelector("[data-draw-centre]");
  const wipe = part.querySelector("[data-draw-clear]");
  const kinds = [...part.querySelectorAll("[data-draw-as]")];
  const layer = L.layerGroup().addTo(map);
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--bad").trim();
  let kind = "";
  let corners = read(field.value);

  function whole() {
    if (kind !== "rectangle" || corners.length < 2) return corners;
    const [a, b] = corners;
    return [a, [a[0], b[1]], b, [b[0], a[1]]];
  }

  function show() {
    layer.clearLayers();
    const drawn = whole();
    const style = { color: ink, weight: 2, fillOpacity: 0.15, interactive: false };
    if (drawn.length > 2) L.polygon(drawn, style).addTo(layer);
    else if (drawn.length === 2) L.polyline(drawn, style).addTo(layer);
    for (const corner of corners) L.circleMarker(corner, { ...style, radius: 5, fillOpacity: 1 }).addTo(layer);
    const ready = drawn.length > 2;
    field.value = ready ? drawn.map(([lat, lon]) => `${lat.toFixed(5)} ${lon.toFixed(5)}`).join(", ") : "";
    wipe.hidden = corners.length === 0;
    const said = words.dataset;
    words.textContent = ready
      ? said.wordsReady.replace("#", String(drawn.length))
      : { rectangle: said.wordsRectangle, polygon: said.wordsPolygon }[kind] ?? "";
  }

  function press({ lat, lng }) {
    if (!kind || corners.length >= MOST) return;
    if (kind === "rectangle" && corners.length === 2) corners = [];
    corners.push([lat, lng]);
    show();
  }

  function choose(wanted) {
    if (kind !== wanted) corners = [];
    kind = wanted;
    for (const button of kinds) button.setAttribute("aria-pressed", String(button.dataset.drawAs === kind));
    place.classList.toggle("is-drawn-on", Boolean(kind));
    // Two corners pressed quickly are no wish to come closer.
    map.doubleClickZoom[kind ? "disable" : "enable"]();
    centre.hidden = !kind;
    show();
  }

  tools.hidden = false;
  for (const button of kinds) button.addEventListener("click", () => choose(button.dataset.drawAs === kind ? "" : button.dataset.drawAs));
  centre.addEventListener("click", () => press(map.getCenter()));
  wipe.addEventListener("click", () => {
    corners = [];
    show();
  });
  map.on("click", (event) => press(event.latlng));
  show();
}

function read(text) {
  return text.split(",").map((pair) => pair.trim().split(/\s+/).map(Number)).filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
}

for (const part of document.querySelectorAll("[data-draw]")) start(part);
