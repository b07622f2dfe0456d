// [data-map]: a picture of the list beside it. Leaflet from the portal's own files; no tiles unless
// the city names a server. Clusters are squares of a grid, so no plugin is needed.
/* global L */

const CELL = 72;
const TOUCH = 52;
const CLOSE = 16;
const CALM = 250;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const SHAPES = {
  city: () => ({ fillColor: colour("--map-land"), fillOpacity: 1, color: colour("--map-edge"), weight: 1 }),
  park: () => ({ fillColor: colour("--map-park"), fillOpacity: 1, stroke: false }),
  water: () => ({ fillColor: colour("--map-water"), fillOpacity: 1, stroke: false }),
  district: () => ({ fill: false, color: colour("--map-edge"), weight: 1.5, dashArray: "2 6" }),
  lane: () => ({ color: colour("--map-street"), weight: 1.5 }),
  avenue: () => ({ color: colour("--map-avenue"), weight: 4 }),
  bridge: () => ({ color: colour("--map-avenue"), weight: 5 }),
  area: () => ({ fillColor: colour("--river"), fillOpacity: 0.18, color: colour("--river"), weight: 2.5 }),
  railway: () => ({ color: colour("--map-edge"), weight: 2, dashArray: "8 5" }),
};

function drawn(feature) {
  return { interactive: false, ...(SHAPES[feature.properties?.kind] ?? SHAPES.city)() };
}

async function read(address) {
  if (!address) return null;
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
  return answer.ok ? answer.json() : null;
}

function labelled(map, feature) {
  const { kind, name } = feature.properties ?? {};
  if (!name || !["district", "avenue"].includes(kind)) return;
  const bounds = L.geoJSON(feature).getBounds();
  let at = bounds.getCenter();
  if (kind === "avenue") {
    const line = feature.geometry.coordinates;
    const [lon, lat] = line[Math.floor(line.length / 2)];
    at = L.latLng(lat, lon);
  }
  const text = document.createElement("span");
  text.textContent = name;
  const icon = L.divIcon({ className: `map__name map__name--${kind}`, html: text, iconSize: null });
  L.marker(at, { icon, interactive: false, keyboard: false }).addTo(map);
}

// The river runs on past the city; the view does not.
function fitCity(map, shape, layer) {
  const city = shape.features?.find((feature) => feature.properties?.kind === "city");
  const bounds = city ? L.geoJSON(city).getBounds() : layer.getBounds();
  map.fitBounds(bounds, { padding: [4, 4], animate: false });
}

function start(place) {
  const { lat, lon, zoom, tiles, outline, streets, points, areas, twin } = place.dataset;
  place.replaceChildren();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(place, {
    zoomControl: false, attributionControl: Boolean(tiles), scrollWheelZoom: false, zoomSnap: 0.25,
    minZoom: 10, maxZoom: 18, preferCanvas: false, fadeAnimation: !still, zoomAnimation: !still, markerZoomAnimation: !still,
  }).setView([Number(lat), Number(lon)], Number(zoom) || 12);
  // For modules that draw on the map: draw.js.
  place.leaflet = map;
  L.control.zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut }).addTo(map);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  if (tiles) L.tileLayer(tiles, { maxZoom: 18, attribution: place.dataset.attribution ?? "" }).addTo(map);

  const base = L.layerGroup().addTo(map);
  const dots = L.layerGroup().addTo(map);
  const drawings = [];
  const redraw = () => drawings.forEach((layer) => layer.setStyle(drawn));
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const detail = () => place.classList.toggle("map--near", map.getZoom() >= 14.5);
  map.on("zoomend", detail);

  (async () => {
    for (const address of [outline, streets]) {
      if (tiles && address === streets) continue;
      const shape = await read(address);
      if (!shape) continue;
      const layer = L.geoJSON(shape, { style: drawn, interactive: false }).addTo(base);
      drawings.push(layer);
      shape.features?.forEach((feature) => labelled(map, feature));
      if (address === outline) fitCity(map, shape, layer);
    }
    territories(map, base, await read(areas), drawings);
    const first = pointsOf(await read(points));
    let features = first.features ?? [];
    const show = () => cluster(map, dots, features, place, twin);
    map.on("moveend zoomend", show);
    // The first answer holds the newest of the whole city. If that was not all, each look closer
    // asks for what lies in view; of two answers on their way the later question wins.
    const whole = first.complete;
    let asked = 0, calm = 0;
    const ask = async () => {
      const mine = ++asked;
      const here = pointsOf(await read(within(points, map.getBounds().pad(0.2))));
      if (mine !== asked || !here.features) return;
      features = here.features;
      show();
    };
    map.on("moveend", () => {
      if (whole || !place.dataset.ready) return;
      clearTimeout(calm);
      calm = setTimeout(ask, CALM);
    });
    if (features.length) {
      const bounds = L.latLngBounds(features.map(({ geometry: { coordinates: [x, y] } }) => [y, x]));
      map.fitBounds(bounds, { padding: [48, 48], maxZoom: 16, animate: false });
    }
    show();
    detail();
    place.dataset.ready = "yes";
  })();
}

// Boundaries with a name and a page; the list beside the map has the same links for the keyboard.
function territories(map, base, found, drawings) {
  if (!found?.features?.length) return;
  const layer = L.geoJSON(found, { style: SHAPES.area }).addTo(base);
  layer.eachLayer((part) => {
    const { title = "", href = "" } = part.feature.properties ?? {};
    const link = document.createElement(href ? "a" : "b");
    if (href) link.href = href;
    link.textContent = title;
    part.bindPopup(link);
  });
  drawings.push({ setStyle: () => layer.setStyle(SHAPES.area) });
  map.fitBounds(layer.getBounds(), { padding: [32, 32], maxZoom: 16, animate: false });
}

function pointsOf(found) {
  const features = found?.features?.filter((feature) => feature.geometry?.type === "Point");
  return { features, complete: found?.complete !== false };
}

function within(points, bounds) {
  const address = new URL(points, location.href);
  const sides = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  address.searchParams.set("bbox", sides.map((side) => side.toFixed(5)).join(","));
  return address.href;
}

function cluster(map, dots, features, place, twin) {
  dots.clearLayers();
  const near = map.getZoom() >= CLOSE;
  const visible = map.getBounds().pad(0.2);
  const cells = new Map();
  for (const feature of features) {
    const [x, y] = feature.geometry.coordinates;
    const at = L.latLng(y, x);
    if (!visible.contains(at)) continue;
    const pixel = map.project(at, map.getZoom());
    // Close by, only points of one house share a mark.
    const key = near ? `${x} ${y}` : `${Math.floor(pixel.x / CELL)} ${Math.floor(pixel.y / CELL)}`;
    const cell = cells.get(key) ?? cells.set(key, { features: [], x: 0, y: 0 }).get(key);
    cell.features.push(feature);
    cell.x += x;
    cell.y += y;
  }
  for (const cell of near ? cells.values() : apart(map, cells.values())) {
    const at = [cell.y / cell.features.length, cell.x / cell.features.length];
    dots.addLayer(cell.features.length === 1 ? single(map, at, cell.features[0], twin) : many(map, at, cell, place));
  }
}

// Two marks on either side of a line of the grid may touch: the larger takes the smaller in, and
// then lies a little elsewhere, so that others may touch it.
function apart(map, cells) {
  let marks = [...cells];
  for (let before = Infinity; marks.length < before; ) {
    before = marks.length;
    marks = joined(map, marks);
  }
  return marks;
}

function joined(map, marks) {
  const kept = [];
  for (const cell of marks.sort((one, other) => other.features.length - one.features.length)) {
    const count = cell.features.length;
    const pixel = map.project([cell.y / count, cell.x / count]);
    const other = kept.find((each) => each.pixel.distanceTo(pixel) < TOUCH);
    if (other) {
      other.features.push(...cell.features);
      other.x += cell.x;
      other.y += cell.y;
    } else {
      kept.push({ features: [...cell.features], x: cell.x, y: cell.y, pixel });
    }
  }
  return kept;
}

function single(map, at, feature, twin) {
  const { tone = "info", title = "", href = "", status = "", id = "" } = feature.properties ?? {};
  const icon = L.divIcon({ className: `map__dot map__dot--${tone}`, iconSize: [26, 26], iconAnchor: [13, 13] });
  const name = [title, status].filter(Boolean).join(", ");
  const dot = L.marker(at, { icon, title: name, alt: name, riseOnHover: true });
  const box = document.createElement("div");
  const heading = document.createElement(href ? "a" : "b");
  if (href) heading.href = href;
  heading.textContent = title;
  box.append(heading);
  if (status) {
    const line = document.createElement("p");
    line.textContent = status;
    box.append(line);
  }
  const row = twin && id ? document.querySelector(`#${CSS.escape(twin)} [data-point="${CSS.escape(String(id))}"]`) : null;
  // The words belong to the map, not to the dot: dots are drawn anew whenever the map moves, and
  // opening words near the edge moves it.
  onPress(dot, () => {
    const words = L.popup({ offset: [0, -6] }).setLatLng(at).setContent(box);
    if (row) {
      words.on("add", () => row.classList.add("is-chosen"));
      words.on("remove", () => row.classList.remove("is-chosen"));
    }
    words.openOn(map);
  });
  return dot;
}

function onPress(mark, act) {
  mark.on("click keypress", (event) => {
    if (event.type !== "keypress" || event.originalEvent.key === "Enter") act();
  });
}

function many(map, at, cell, place) {
  const count = cell.features.length;
  const bad = cell.features.some((feature) => feature.properties?.tone === "bad");
  const words = document.createElement("span");
  words.textContent = String(count);
  const size = count > 99 ? 56 : count > 9 ? 48 : 44;
  const icon = L.divIcon({ className: `map__many${bad ? " map__many--bad" : ""}`, html: words, iconSize: [size, size] });
  const name = (place.dataset.many ?? "#").replace("#", String(count));
  const bounds = L.latLngBounds(cell.features.map(({ geometry: { coordinates: [x, y] } }) => [y, x]));
  const mark = L.marker(at, { icon, title: name, alt: name });
  onPress(mark, () => {
    if (bounds.getNorthEast().equals(bounds.getSouthWest())) {
      const list = document.createElement("ul");
      for (const { properties = {} } of cell.features.slice(0, 20)) {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = properties.href ?? "";
        link.textContent = [properties.title, properties.status].filter(Boolean).join(", ");
        item.append(link);
        list.append(item);
      }
      L.popup({ maxHeight: 260 }).setLatLng(at).setContent(list).openOn(map);
    } else {
      map.fitBounds(bounds, { padding: [40, 40], maxZoom: 17 });
    }
  });
  return mark;
}

for (const place of document.querySelectorAll("[data-map]")) start(place);
