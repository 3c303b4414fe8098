// The map of places that can be moved and zoomed. Everything it shows stands in the list of the page; Leaflet and the
// outlines come from the archive itself.

const figure = document.querySelector("[data-map]");
const words = figure.dataset;
const NEAR = 40; // pixels: closer places are shown as one
const LARGEST = 44;
const BIG = 0.4; // of the map's width: an area that reaches further is not drawn

const places = [...document.querySelectorAll(".map-tree [data-at]")].map((item) => {
  const [latitude, longitude] = item.dataset.at.split(" ").map(Number);
  return {
    at: [latitude, longitude < -169 ? longitude + 360 : longitude],
    radius: Number(item.dataset.radius || 0) * 1000,
    itself: Number(item.dataset.itself ?? 1),
    number: Number(item.dataset.number),
    name: item.querySelector(".map-name"),
    passages: item.querySelector(".map-number"),
    note: item.querySelector("[data-note]"),
  };
}).filter((place) => place.itself > 0 && place.radius < 1.6e6).sort((a, b) => b.number - a.number);

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = words.style;
const styled = new Promise((resolve) => style.addEventListener("load", resolve, { once: true }));
document.querySelector("link[rel=stylesheet]").before(style);

const lines = (many) => many.map((steps) => {
  const points = [];
  let x = 0;
  let y = 0;
  for (let place = 0; place < steps.length; place += 2) {
    x += steps[place];
    y += steps[place + 1];
    points.push([y / 100, x / 100]);
  }
  return points;
});

const start = async () => {
  const [leaflet, outlines] = await Promise.all([import(words.leaflet), import(words.outlines), styled]);
  const L = leaflet.default ?? leaflet;
  const ground = document.createElement("div");
  ground.className = "map-live";
  ground.setAttribute("role", "region");
  ground.setAttribute("aria-label", words.name);
  figure.querySelector(".map-drawn").after(ground);
  figure.classList.add("live");
  figure.querySelector(".map-drawn").setAttribute("aria-hidden", "true");
  for (const link of figure.querySelectorAll(".map-drawn a")) link.setAttribute("tabindex", "-1");

  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(ground, {
    attributionControl: false, zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, minZoom: 0.5, maxZoom: 10,
    maxBounds: [[-75, -220], [86, 240]], zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still,
  });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  map.fitBounds(L.latLngBounds(places.map((place) => place.at)), { paddingTopLeft: [72, 36], paddingBottomRight: [96, 36], maxZoom: 7, animate: false });

  const renderer = L.svg({ padding: 0.5 });
  L.polygon(lines(outlines.land).map((ring) => [ring]), { className: "land", renderer, interactive: false }).addTo(map);
  L.polyline(lines(outlines.borders), { className: "border", renderer, interactive: false }).addTo(map);
  const shown = L.layerGroup().addTo(map);

  const draw = () => {
    shown.clearLayers();
    const spots = cluster(map);
    name(map, spots);
    for (const spot of spots) add(L, map, shown, spot);
  };
  map.on("zoomend", draw);
  draw();
};

// The largest place takes in those near it, and so on: what is one spot here is several after a closer look.
const cluster = (map) => {
  const spots = [];
  for (const place of places) {
    const point = map.project(place.at);
    const near = spots.find((spot) => spot.point.distanceTo(point) < NEAR);
    if (near) near.places.push(place);
    else spots.push({ point, places: [place] });
  }
  for (const spot of spots) {
    if (spot.places.length === 1) continue;
    const sum = spot.places.reduce((all, place) => all.add(map.project(place.at)), spot.point.subtract(spot.point));
    spot.point = sum.divideBy(spot.places.length);
  }
  return spots;
};

// Names stand beside the spots, as long as they cover neither each other nor another spot.
const name = (map, spots) => {
  const taken = spots.map(({ point }) => [point.x - 14, point.y - 14, point.x + 14, point.y + 14]);
  for (const spot of spots) {
    if (spot.places.length > 1) continue;
    const { x, y } = spot.point;
    const length = 24 + spot.places[0].name.textContent.length * 7.5;
    spot.before = map.latLngToContainerPoint(spot.places[0].at).x + length > map.getSize().x;
    const box = spot.before ? [x - length, y - 9, x - 15, y + 9] : [x + 15, y - 9, x + length, y + 9];
    spot.named = !taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
    if (spot.named) taken.push(box);
  }
};

const add = (L, map, shown, { point, places: here, named, before }) => {
  const [place] = here;
  const alone = here.length === 1;
  const reach = alone && place.radius ? pixels(map, place) : 0;
  if (reach > 8 && reach < map.getSize().x * BIG) L.circle(place.at, { radius: place.radius, className: "area", interactive: false }).addTo(shown);
  const most = places[0].number;
  const across = alone ? Math.max(14, LARGEST * Math.sqrt(Math.min(place.number / most, 1))) : Math.min(26 + here.length, LARGEST);
  const number = alone ? place.number : here.length;
  const spot = document.createElement("span");
  spot.textContent = across < 22 ? "" : number.toLocaleString(document.documentElement.lang);
  const kind = alone ? `${place.radius ? " rough" : ""}${across < 22 ? " few" : ""}` : " cluster";
  const inside = document.createDocumentFragment();
  inside.append(spot);
  if (named) {
    const label = document.createElement("span");
    label.className = before ? "spot-name before" : "spot-name";
    label.textContent = place.name.textContent;
    inside.append(label);
  }
  const holder = document.createElement("span");
  holder.append(inside);
  const size = Math.max(across, 24);
  const marker = L.marker(map.unproject(point), {
    icon: L.divIcon({ className: `spot${kind}`, html: holder, iconSize: [size, size] }), riseOnHover: true,
  });
  marker.addTo(shown);
  const element = marker.getElement();
  element.style.setProperty("--across", `${across}px`);
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", alone ? `${place.name.textContent}: ${place.passages.firstChild.textContent}` : words.cluster.replace("{}", number));
  const open = () => {
    if (alone) return marker.openPopup();
    closer(L, map, here);
    return map.getContainer().focus({ preventScroll: true });
  };
  if (alone) marker.bindPopup(() => popup(place), { minWidth: 230, maxWidth: 300, autoPanPadding: [12, 12] });
  else marker.on("click", open);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  });
  marker.on("popupopen", ({ popup: opened }) => {
    const box = opened.getElement();
    box.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
    box.querySelector("a[href]")?.focus({ preventScroll: true });
  });
  marker.on("popupclose", () => marker.getElement()?.focus({ preventScroll: true }));
};

const closer = (L, map, here) => {
  const bounds = L.latLngBounds(here.map((place) => place.at));
  const zoom = Math.max(map.getBoundsZoom(bounds, false, [60, 60]), map.getZoom() + 1);
  map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()));
};

const pixels = (map, place) => {
  const north = [place.at[0] + (place.radius / 111320), place.at[1]];
  return Math.abs(map.project(north).y - map.project(place.at).y);
};

const popup = (place) => {
  const box = document.createElement("div");
  const line = (kind, text) => {
    const paragraph = document.createElement("p");
    paragraph.className = kind;
    paragraph.textContent = text;
    paragraph.dir = "auto";
    return paragraph;
  };
  const ways = document.createElement("p");
  ways.className = "popup-ways";
  const passages = document.createElement("a");
  passages.href = place.passages.href;
  passages.textContent = place.passages.firstChild.textContent;
  const about = document.createElement("a");
  about.href = place.name.href;
  about.textContent = words.about;
  ways.append(passages, about);
  box.append(line("popup-name", place.name.textContent));
  if (place.note) {
    const note = line("popup-note", place.note.textContent);
    note.lang = place.note.lang;
    box.append(note);
  }
  box.append(ways);
  return box;
};

start();
