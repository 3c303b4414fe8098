// When each word is spoken; the word that is spoken now; and a cursor that goes from word to word.

import { onKeys } from "./keys.js";
import { highlight, rangeOf, text } from "./passages.js";

export class Words {
  constructor(passages, address) {
    this.passages = passages;
    this.address = address;
    this.packed = {};
    this.read = new Map(); // passage → [[start, end, from, to], …]
    this.coming = null;
  }

  // Fetch the times, once: not before somebody needs them.
  fetch() {
    this.coming ??= this.address
      ? fetch(this.address)
          .then((answer) => (answer.ok ? answer.json() : {}))
          .then((packed) => (this.packed = packed))
          .catch(() => {})
      : Promise.resolve();
    return this.coming;
  }

  // The words of a timed passage; the whole passage as one word where their times are not known.
  of(index) {
    const passage = this.passages.timed[index];
    const known = this.read.get(passage);
    if (known) return known;
    const packed = this.packed[passage.id.slice(1)];
    const words = packed ? unpack(packed, text(passage).textContent) : [];
    if (words.length) this.read.set(passage, words);
    return words.length ? words : [[this.passages.starts[index], this.passages.end(index), 0, text(passage).textContent.length]];
  }

  // Whether the times of a passage's words are known.
  knows(index) {
    return this.of(index) === this.read.get(this.passages.timed[index]);
  }

  // The place of the word that is spoken at a second, or was last; 0 before the first.
  at(index, seconds) {
    const words = this.of(index);
    const after = words.findIndex(([start]) => start > seconds + 0.005);
    return Math.max(0, (after < 0 ? words.length : after) - 1);
  }

  // The place of the word that stands at a character, or of the next one.
  standing(index, character) {
    const words = this.of(index);
    const found = words.findIndex(([, , , to]) => to > character);
    return found < 0 ? words.length - 1 : found;
  }

  light(index, seconds) {
    const known = index >= 0 && this.packed[this.passages.timed[index].id.slice(1)];
    const word = known ? this.of(index).find(([start, end]) => start <= seconds && seconds < end) : null;
    if (word === this.lit) return;
    this.lit = word;
    highlight("spoken", word ? [rangeOf(this.passages.timed[index], word[2], word[3])] : []);
  }
}

// Four numbers a word, each counted from the word before: see archive/web/pages/testimony.py.
const unpack = (packed, said) => {
  const place = /[\ud800-\udbff]/.test(said) ? inUnits(said) : (character) => character;
  const words = [];
  let ended = 0;
  let placed = 0;
  for (let at = 0; at < packed.length; at += 4) {
    const start = ended + packed[at];
    const from = placed + packed[at + 2];
    ended = start + packed[at + 1];
    placed = from + packed[at + 3];
    words.push([start / 1000, ended / 1000, place(from), place(placed)]);
  }
  return words;
};

// The server counts characters; a string here counts UTF-16 units.
const inUnits = (said) => {
  const places = [0];
  for (const character of said) places.push(places.at(-1) + character.length);
  return (character) => places[character] ?? said.length;
};

// A cursor on the words: , and . go from word to word, < and > from passage to passage, Enter plays from it.
export class Cursor {
  constructor(passages, words, player, said) {
    Object.assign(this, { passages, words, player, said });
    this.index = -1;
    this.word = 0;
    this.moved = null; // the second to which the cursor went
    onKeys((event) => this.key(event));
  }

  key(event) {
    if (event.key === "Enter" && this.moved !== null && !event.target.closest("a, button, summary, input")) {
      return () => this.player.play(this.moved);
    }
    const turn = event.key in TURNS ? TURNS[event.key] : event.shiftKey ? TURNS[`Shift${event.code}`] : TURNS[event.code];
    return turn ? () => this.go(...turn) : null;
  }

  // Where the reader is: at the cursor, unless the recording has gone on since.
  async find() {
    await this.words.fetch();
    const { now, media } = this.player;
    if (media.paused && this.moved !== null && Math.abs(now - this.moved) < 0.02) return;
    this.index = this.passages.at(now);
    this.word = this.index < 0 ? -1 : this.words.at(this.index, now);
  }

  async go(step, wholePassages = false) {
    await this.find();
    if (wholePassages) {
      this.index = Math.min(Math.max(0, this.index + step), this.passages.timed.length - 1);
      this.word = 0;
    } else this.step(step);
    this.show();
  }

  step(step) {
    this.word += step;
    if (this.index >= 0 && this.word >= 0 && this.word < this.words.of(this.index).length) return;
    const next = this.index + step;
    if (next < 0 || next >= this.passages.timed.length) {
      this.word -= step;
      if (this.index < 0) [this.index, this.word] = [0, 0];
      return;
    }
    this.index = next;
    this.word = step > 0 ? 0 : this.words.of(next).length - 1;
  }

  show() {
    const passage = this.passages.timed[this.index];
    const [start, , from, to] = this.words.of(this.index)[this.word];
    this.moved = start;
    this.player.until = null;
    this.player.seek(start);
    this.passages.light(start);
    this.passages.reveal(true);
    if (!this.player.media.paused) return;
    const range = rangeOf(passage, from, to);
    highlight("cursor", [range]);
    this.said.textContent = range?.toString() ?? "";
  }

  // The word on which the reader is, as [passage, word].
  async here() {
    await this.find();
    return [Math.max(0, this.index), Math.max(0, this.word)];
  }
}

const TURNS = {
  ",": [-1],
  ".": [1],
  "<": [-1, true],
  ">": [1, true],
  Comma: [-1],
  Period: [1],
  ShiftComma: [-1, true],
  ShiftPeriod: [1, true],
};
