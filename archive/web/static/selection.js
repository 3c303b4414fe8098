// An excerpt: words that the reader selected, or that the address names as #t=12.3,20 or #p12-p15. To play, share, cite.

import { onKeys } from "./keys.js";
import { covered, highlight, offsetOf, rangeOf, text } from "./passages.js";
import { written } from "./times.js";

const APART = 8; // pixels between the words and the bar
const ROUNDED = 6; // milliseconds by which a moment of an address may be off, as in archive/excerpts.py

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
    const { start, end, from, until, words } = this.stretch;
    const asked = Object.entries(start === undefined ? { from, until } : { start: written(start), end: end && written(end), words });
    const named = new URLSearchParams(asked.filter(([, value]) => value));
    const cite = this.bar.querySelector("[data-excerpt-do=cite]"); // missing where nobody may quote
    if (cite) cite.href = `${this.field.dataset.cite}?${named}`;
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
    const a = this.words.standing(one, reach(first)[0]);
    const b = this.words.of(other).findLastIndex(([, , from]) => from < reach(last)[1]);
    const begins = this.words.of(one)[a];
    const ends = this.words.of(other)[Math.max(b, one === other ? a : 0)];
    const end = Math.max(ends[1], begins[0] + 0.1);
    if (!Number.isFinite(end)) return { passage, start: begins[0] }; // nobody noted when the last passage ends
    const words = this.told([one, begins], [other, ends], end) ? "" : `${placeIn(first, begins[2])}-${placeIn(last, ends[3])}`;
    return { passage, start: begins[0], end, words };
  }

  // Whether the times, as an address has them, say just the words from one to another.
  told([one, begins], [other, ends], end) {
    const spoken = this.between(Number(written(begins[0])), Number(written(end)));
    const [early, late] = [spoken[0], spoken.at(-1)];
    if (early?.index !== one || late.index !== other || early.words[0][2] !== begins[2] || late.words.at(-1)[3] !== ends[3]) return false;
    const all = this.passages.timed.slice(one, other + 1).map((_, index) => this.words.of(one + index));
    return spoken.length === all.length && spoken.slice(1, -1).every(({ words, index }) => words.length === all[index - one].length);
  }

  // The words that are said between two moments, by passage: those whose middle lies between. Which words are cited is
  // found in the same way by archive/excerpts.py: both must agree.
  between(start, end) {
    const [low, high] = [start, end].map((moment) => Math.round(moment * 1000));
    const middle = ([begins, until]) => Math.round(begins * 1000) + Math.round(until * 1000);
    const holds = (word) => 2 * (low - ROUNDED) <= middle(word) && middle(word) <= 2 * (high + ROUNDED);
    const starts = (begins) => Math.abs(begins * 1000 - low) <= ROUNDED;
    const overlaps = ([begins, until]) => starts(begins) || (begins * 1000 < high - ROUNDED && until * 1000 > low + ROUNDED);
    return this.passages.timed.flatMap((_, index) => {
      const all = this.words.of(index);
      const [first, last] = [all.findIndex, all.findLastIndex].map((find) => find.call(all, this.words.knows(index) ? holds : overlaps));
      return first < 0 ? [] : [{ index, words: all.slice(first, last + 1) }];
    });
  }

  // It names the stretch twice: for the server, which marks it, and for the browser, which goes there.
  get address() {
    const { start, end, from, until, words } = this.stretch;
    const t = start === undefined ? "" : `t=${written(start)}${end ? `,${written(end)}` : ""}`;
    const passages = from === until ? `#p${from}` : `?p=${from}-${until}#p${from}-p${until}`;
    return `${location.origin}${location.pathname}${t ? `?${t}${words ? `&words=${words}` : ""}#${t}` : passages}`;
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

  // Light up a stretch of seconds, exactly where words have times; or the words that the address names besides.
  async light(start, end) {
    const cited = document.querySelector(".cited-here[data-words]");
    if (cited && location.hash === `#${cited.dataset.place}`) {
      this.lightWords(cited.dataset.words);
      return;
    }
    await this.words.fetch();
    const { timed } = this.passages;
    const spans = this.between(start, end).map(({ index, words }) => [timed[index], words[0][2], closed(timed[index], words.at(-1)[3])]);
    highlight("excerpt", spans.map((span) => rangeOf(...span)));
  }

  // Light up the words between two places, such as 3.12-4.25; the server has looked whether they are there.
  lightWords(named) {
    const [[from, begins], [until, ends]] = named.split("-").map((place) => place.split("."));
    const { elements } = this.passages;
    const [first, last] = [from, until].map((number) => elements.findIndex((passage) => passage.id === `p${number}`));
    const spans = elements.slice(first, last + 1).map((passage) => [passage, 0, text(passage).textContent.length]);
    spans[0][1] = unitsOf(elements[first], begins);
    spans.at(-1)[2] = unitsOf(elements[last], ends);
    highlight("excerpt", spans.map((span) => rangeOf(...span)));
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

// Where a word ends, with the full stop that belongs to it.
const closed = (passage, place) => place + (/^[^\p{L}\p{N}_\s]+/u.exec(text(passage).textContent.slice(place))?.[0].length ?? 0);

// A place in the text as addresses have it, passage and character; the server counts characters, not UTF-16 units.
const placeIn = (passage, units) => `${passage.id.slice(1)}.${[...text(passage).textContent.slice(0, units)].length}`;
const unitsOf = (passage, characters) => [...text(passage).textContent].slice(0, Number(characters)).join("").length;
