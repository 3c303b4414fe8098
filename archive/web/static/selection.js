// An excerpt: words that the reader selected, or that the address names as #t=12.3,20 or #p12-p15. To play, share, cite.

import { onKeys } from "./keys.js";
import { covered, highlight, offsetOf, rangeOf, text } from "./passages.js";
import { written } from "./times.js";

const APART = 8; // pixels between the words and the bar

export class Excerpt {
  constructor(passages, words, player, cursor, say) {
    Object.assign(this, { passages, words, player, cursor, say });
    this.bar = document.querySelector("[data-excerpt]");
    this.field = document.querySelector("[data-passages]");
    this.begun = null; // where the key s set the beginning
    let waiting = 0;
    document.addEventListener("selectionchange", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.look(), 150);
    });
    this.bar.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay selected
    this.bar.addEventListener("click", (event) => this.press(event));
    this.bar.addEventListener("keydown", (event) => event.key === "Escape" && this.leave());
    onKeys((event) => this.key(event));
  }

  key(event) {
    if (event.key === "Escape" && !this.bar.hidden) return () => this.leave();
    if (!this.cursor) return null;
    if (event.key === "s") return () => this.begin();
    if (event.key === "e") return () => this.finish();
    return null;
  }

  async begin() {
    const [index, word] = await this.cursor.here();
    this.begun = [index, word];
    const [, , from, to] = this.words.of(index)[word];
    this.say("Starts", { word: rangeOf(this.passages.timed[index], from, to) });
  }

  // Select the words between the two keys, and go to what can be done with them.
  async finish() {
    const here = await this.cursor.here();
    const [[first, a], [last, b]] = [this.begun ?? here, here].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    const begins = rangeOf(this.passages.timed[first], ...this.words.of(first)[a].slice(2));
    const ends = rangeOf(this.passages.timed[last], ...this.words.of(last)[b].slice(2));
    getSelection().setBaseAndExtent(begins.startContainer, begins.startOffset, ends.endContainer, ends.endOffset);
    await this.look();
    this.bar.querySelector("button, a").focus();
    this.begun = null;
  }

  // See whether words of the transcript are selected, and offer what can be done with them.
  async look() {
    const chosen = getSelection();
    const range = chosen.rangeCount && !chosen.isCollapsed ? chosen.getRangeAt(0) : null;
    if (!range || !range.intersectsNode(this.field)) {
      if (!this.bar.contains(document.activeElement)) this.bar.hidden = true;
      return;
    }
    this.stretch = await this.stretchOf(range);
    if (!this.stretch) {
      this.bar.hidden = true;
      return;
    }
    const { start, end, from, until } = this.stretch;
    const asked = start === undefined ? { from, until } : { start: written(start), end: written(end) };
    this.bar.querySelector("[data-excerpt-do=cite]").href = `${this.field.dataset.cite}?${new URLSearchParams(asked)}`;
    this.bar.querySelector("[data-excerpt-do=similar]").href = `${this.field.dataset.similar}${this.stretch.passage}/similar`;
    const play = this.bar.querySelector("[data-excerpt-do=play]");
    if (play) play.hidden = start === undefined;
    this.place(range);
  }

  place(range) {
    this.bar.hidden = false;
    this.bar.style.left = 0; // near the edge it would be measured narrower than it is
    const boxes = range.getClientRects();
    const box = { left: boxes[0]?.left ?? 0, top: boxes[0]?.top ?? 0, bottom: range.getBoundingClientRect().bottom };
    const own = this.bar.getBoundingClientRect();
    const room = document.querySelector("[data-player]")?.offsetHeight ?? 0;
    const above = box.top - own.height - APART;
    const below = Math.min(box.bottom + APART, innerHeight - room - own.height - APART);
    const top = above > covered() - 24 ? above : below;
    const left = Math.min(Math.max(APART, box.left), document.documentElement.clientWidth - own.width - APART);
    this.bar.style.top = `${top + scrollY}px`;
    this.bar.style.left = `${left}px`;
  }

  // What is selected, to the word where words have times, else to the passage; as seconds, or as passages' numbers.
  // `passage` is the one of which most is selected.
  async stretchOf(range) {
    const { elements, timed } = this.passages;
    const touched = elements.filter((passage) => range.intersectsNode(text(passage)));
    const reach = (passage) => [
      passage.contains(range.startContainer) ? offsetOf(passage, range.startContainer, range.startOffset) : 0,
      passage.contains(range.endContainer) ? offsetOf(passage, range.endContainer, range.endOffset) : Infinity,
    ];
    const said = touched.filter((passage) => {
      const [from, to] = reach(passage);
      return from < text(passage).textContent.trimEnd().length && to > from;
    });
    if (!said.length) return null;
    const [first, last] = [said[0], said.at(-1)];
    const chosen = (passage) => Math.min(reach(passage)[1], text(passage).textContent.length) - reach(passage)[0];
    const passage = said.reduce((most, one) => (chosen(one) > chosen(most) ? one : most)).id.slice(1);
    const [one, other] = [timed.indexOf(first), timed.indexOf(last)];
    if (one < 0 || other < 0) return { passage, from: first.id.slice(1), until: last.id.slice(1) };
    await this.words.fetch();
    const begins = this.words.of(one)[this.words.standing(one, reach(first)[0])];
    const ends = this.words.of(other).findLast(([, , from]) => from < reach(last)[1]);
    return { passage, start: begins[0], end: Math.max(ends[1], begins[0] + 0.1) };
  }

  // It names the stretch twice: for the server, which marks it, and for the browser, which goes there.
  get address() {
    const { start, end, from, until } = this.stretch;
    const t = `t=${written(start)},${written(end)}`;
    const passages = from === until ? `#p${from}` : `?p=${from}-${until}#p${from}-p${until}`;
    return `${location.origin}${location.pathname}${start === undefined ? passages : `?${t}#${t}`}`;
  }

  press(event) {
    const what = event.target.closest("[data-excerpt-do]")?.dataset.excerptDo;
    if (what === "play") this.player.play(this.stretch.start, this.stretch.end);
    if (what === "copy") this.copy();
  }

  async copy() {
    const { address } = this;
    try {
      await navigator.clipboard.writeText(address);
      this.say(this.bar.dataset.sayCopied);
    } catch {
      history.replaceState(history.state, "", address);
      this.say(this.bar.dataset.sayNotCopied);
    }
  }

  leave() {
    getSelection().removeAllRanges();
    if (this.bar.contains(document.activeElement)) document.querySelector("main").focus({ preventScroll: true });
    this.bar.hidden = true;
  }

  // Light up a stretch of seconds, exactly where words have times.
  async light(start, end) {
    await this.words.fetch();
    const { timed, starts } = this.passages;
    const ranges = [];
    for (let index = Math.max(0, this.passages.at(start)); index < timed.length && starts[index] < end; index += 1) {
      const spoken = this.words.of(index).filter(([begins, ends]) => begins < end - 0.005 && ends > start + 0.005);
      if (spoken.length) ranges.push(rangeOf(timed[index], spoken[0][2], spoken.at(-1)[3]));
    }
    highlight("excerpt", ranges);
  }

  // Light up passages by their numbers; false where the testimony does not have them.
  lightPassages(from, until) {
    const first = this.passages.elements.findIndex((passage) => passage.id === `p${from}`);
    const last = this.passages.elements.findIndex((passage) => passage.id === `p${until}`);
    if (first < 0 || last < first) return false;
    const chosen = this.passages.elements.slice(first, last + 1);
    highlight("excerpt", chosen.map((passage) => rangeOf(passage, 0, text(passage).textContent.length)));
    chosen[0].scrollIntoView({ block: "center" });
    return true;
  }
}
