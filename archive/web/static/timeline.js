// Drawing over the bars chooses a stretch of years; the fields and buttons beneath do the same without it.

const chart = document.querySelector("[data-years]");
const bars = [...chart.querySelectorAll("[data-first]")];
const chosen = chart.querySelector("[data-chosen]");
const form = document.querySelector("[data-form]");
const since = form.querySelector("[data-since]");
const until = form.querySelector("[data-until]");
const said = document.querySelector("[data-said]");
document.querySelector("[data-hint]").hidden = false;

const edges = (bar) => {
  const room = bar.querySelector(".years-room");
  const x = parseFloat(room.getAttribute("x"));
  return [x, x + parseFloat(room.getAttribute("width"))];
};

const under = (event) => {
  const box = chart.getBoundingClientRect();
  const place = Math.min(Math.max(((event.clientX - box.left) / box.width) * 100, 0.01), 99.99);
  return bars.find((bar) => {
    const [from, to] = edges(bar);
    return from <= place && place <= to;
  });
};

const mark = (one, other) => {
  const [from, to] = [edges(one), edges(other)].reduce(([a, b], [c, d]) => [Math.min(a, c), Math.max(b, d)]);
  chosen.setAttribute("x", `${from}%`);
  chosen.setAttribute("width", `${to - from}%`);
};

const years = (one, other) => [
  Math.min(one.dataset.first, other.dataset.first), Math.max(one.dataset.last, other.dataset.last),
];

let start = null;
let last = null;
let drawn = false;

chart.addEventListener("dragstart", (event) => event.preventDefault());

chart.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  start = last = under(event);
  drawn = false;
});

chart.addEventListener("pointermove", (event) => {
  if (!start || !event.buttons) return;
  last = under(event) ?? last;
  if (last === start && !drawn) return;
  if (!drawn) chart.setPointerCapture(event.pointerId);
  drawn = true;
  mark(start, last);
});

addEventListener("pointerup", () => {
  if (start && drawn) {
    const [first, end] = years(start, last);
    since.value = first;
    until.value = end;
    said.textContent = said.dataset.words.replace("{}", `${first}–${end}`);
    form.querySelector("[data-read]").focus({ preventScroll: true });
  }
  start = null;
});

addEventListener("pointercancel", () => {
  start = null;
});

chart.addEventListener("click", (event) => {
  if (drawn) event.preventDefault(); // the end of a drawing is no click on the last bar
  drawn = false;
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !chosen.getAttribute("x")) return;
  chosen.setAttribute("width", "0");
  since.value = until.value = "";
});

for (const field of [since, until]) {
  field.addEventListener("input", () => {
    const within = bars.filter((bar) => Number(bar.dataset.last) >= Number(since.value || 0) && Number(bar.dataset.first) <= Number(until.value || 9999));
    if (within.length && (since.value || until.value)) mark(within[0], within[within.length - 1]);
    else chosen.setAttribute("width", "0");
  });
}
