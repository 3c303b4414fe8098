// Signing a consent form: a signature is drawn with pointer or finger, as the path of an SVG picture.
// The form works without this: a name can be written in its place.

const WIDTH = 600;
const HEIGHT = 180;
const LONGEST = 60000; // characters, as the archive takes them

const form = document.querySelector("[data-consent]");
const pad = form.querySelector("[data-pad]");
const path = pad.querySelector("path");
const strokes = form.querySelector("[data-strokes]");
let last = null;

const point = ({ clientX, clientY }) => {
  const box = pad.getBoundingClientRect();
  const within = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
  return `${within(((clientX - box.left) / box.width) * WIDTH, WIDTH)} ${within(((clientY - box.top) / box.height) * HEIGHT, HEIGHT)}`;
};

const add = (letter, place) => {
  if (place === last || strokes.value.length > LONGEST - 20) return;
  last = place;
  strokes.value += `${letter}${place}`;
  path.setAttribute("d", strokes.value);
};

pad.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  event.preventDefault();
  pad.setPointerCapture(event.pointerId);
  last = null;
  add("M", point(event));
  const [x, y] = last.split(" ").map(Number);
  add("L", `${Math.min(WIDTH, x + 1)} ${y}`); // a dot is seen too
});

pad.addEventListener("pointermove", (event) => {
  if (!pad.hasPointerCapture(event.pointerId)) return;
  for (const moment of event.getCoalescedEvents?.() ?? [event]) add("L", point(moment));
});

form.querySelector("[data-clear]").addEventListener("click", () => {
  strokes.value = "";
  path.setAttribute("d", "");
});

// one press, one form
form.addEventListener("submit", () => {
  const button = form.querySelector("[type=submit]");
  setTimeout(() => (button.disabled = true));
  addEventListener("pageshow", () => (button.disabled = false), { once: true });
});

form.querySelector("[data-drawing]").hidden = false;
form.querySelector("[data-hint]")?.focus();
