// The passages of a testimony: found by the second, lit up, brought into view; and the characters of their texts.

const PATIENCE = 5000; // milliseconds for which a reader who scrolls is left alone
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// how many pixels of the window's upper end are covered by what stays there: the tools, the picture of a film
export const covered = () => parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;

export class Passages {
  constructor() {
    this.elements = [...document.querySelectorAll(".passage")];
    this.timed = this.elements.filter((element) => element.dataset.start);
    this.starts = this.timed.map((element) => Number(element.dataset.start));
    let who = "";
    this.names = this.timed.map((element) => (who = element.dataset.who ?? who));
    this.current = -1;
    this.scrolled = -PATIENCE;
    for (const event of ["wheel", "touchmove"]) {
      addEventListener(event, () => (this.scrolled = performance.now()), { passive: true });
    }
  }

  // the timed passage in which a second lies: its place among them, -1 before the first
  at(seconds) {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= seconds + 0.01) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  who(seconds) {
    return this.names[this.at(seconds)];
  }

  end(index) {
    return Number(this.timed[index].dataset.end ?? this.starts[index + 1] ?? Infinity);
  }

  // Light up the passage of this second; true where it is another one than before.
  light(seconds) {
    const next = this.at(seconds);
    if (next === this.current) return false;
    this.timed[this.current]?.classList.remove("here");
    this.timed[next]?.classList.add("here");
    this.current = next;
    return next >= 0;
  }

  reveal(always = false) {
    const element = this.timed[this.current];
    if (!element || (!always && performance.now() - this.scrolled < PATIENCE)) return;
    const { top, bottom } = element.getBoundingClientRect();
    if (top > covered() - 8 && bottom < innerHeight - 140) return;
    element.scrollIntoView({ block: always ? "center" : "start", behavior: calm.matches || always ? "auto" : "smooth" });
  }

  // Bring it into view now, and once more when what is around has its real height: out of sight it is only estimated.
  jump() {
    this.reveal(true);
    requestAnimationFrame(() => requestAnimationFrame(() => this.reveal(true)));
  }
}

export const text = (passage) => passage.querySelector(".words");

// The range of characters `from` to `to` of a passage's text, whatever marks stand in it.
export const rangeOf = (passage, from, to) => {
  const range = new Range();
  const walker = document.createTreeWalker(text(passage), NodeFilter.SHOW_TEXT);
  let place = 0;
  let begun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const ends = place + node.length;
    if (!begun && from < ends) {
      range.setStart(node, from - place);
      begun = true;
    }
    if (begun && to <= ends) {
      range.setEnd(node, to - place);
      return range;
    }
    place = ends;
  }
  return begun ? (range.setEndAfter(text(passage).lastChild), range) : null;
};

// How many characters of the passage's text stand before a point in the page; beyond its text: 0 or all of them.
export const offsetOf = (passage, node, offset) => {
  const before = new Range();
  before.selectNodeContents(text(passage));
  const side = before.comparePoint(node, offset);
  if (side < 0) return 0;
  if (side === 0) before.setEnd(node, offset);
  return before.toString().length;
};

// Light up ranges under a name that the style sheet knows.
export const highlight = (name, ranges) => {
  if (!globalThis.Highlight) return;
  const there = ranges.filter(Boolean);
  if (there.length) CSS.highlights.set(name, new Highlight(...there));
  else CSS.highlights.delete(name);
};
