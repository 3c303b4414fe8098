// The player of a page: one slim bar for its recording, and passages that play, light up and follow.
// A page works without it: the browser's own controls stand in its place, and every time is a link.

const STEP = 5; // seconds of ← → and the buttons
const LEAP = 10; // seconds of j and l
const PATIENCE = 5000; // milliseconds for which a reader who scrolls is left alone
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const timecode = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

// "#t=12.3" or "#t=1:02:03" → seconds; anything else → null
const secondIn = (hash) => {
  const found = /^#t=((?:\d+:){0,2}\d+(?:\.\d+)?)$/.exec(decodeURIComponent(hash));
  return found ? found[1].split(":").reduce((sum, part) => sum * 60 + Number(part), 0) : null;
};

class Player {
  constructor(bar) {
    this.bar = bar;
    this.media = document.querySelector("[data-media]");
    this.passages = new Passages(bar.dataset.words);
    this.until = null; // where a single quotation ends
    this.source = null; // the play button beside that quotation
    this.dragging = false;
    this.wire();
    this.show();
    this.follow(location.hash);
  }

  part(name) {
    return this.bar.querySelector(`[data-${name}]`);
  }

  wire() {
    const { media } = this;
    for (const event of ["play", "pause", "ended", "seeked", "durationchange", "timeupdate"]) {
      media.addEventListener(event, () => this.show());
    }
    media.addEventListener("play", () => {
      this.passages.readWords();
      this.tick();
    });
    media.addEventListener("error", () => this.fail());
    this.bar.addEventListener("click", (event) => this.press(event.target.closest("[data-do]")?.dataset.do));
    const progress = this.part("progress");
    progress.addEventListener("input", () => {
      this.dragging = true;
      this.part("now").textContent = timecode(progress.value);
      this.paint(progress);
    });
    progress.addEventListener("change", () => {
      this.dragging = false;
      this.seek(Number(progress.value));
    });
    this.part("speed").addEventListener("change", (event) => {
      media.playbackRate = Number(event.target.value);
    });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => this.click(event));
    addEventListener("hashchange", () => this.follow(location.hash));
  }

  press(what) {
    if (what === "toggle") this.toggle();
    if (what === "back") this.move(-STEP);
    if (what === "forward") this.move(STEP);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || this.bar.hidden) return;
    if (event.target.closest("input:not([type=range]), select, textarea, summary, video, [contenteditable]")) return;
    const onSlider = event.target.matches("input[type=range]");
    if (event.key === " " && (onSlider || event.target.closest("button"))) return;
    const moves = { ArrowLeft: -STEP, ArrowRight: STEP, j: -LEAP, l: LEAP };
    if (event.key === " " || event.key === "k") this.toggle();
    else if (event.key in moves) this.move(moves[event.key]);
    else return;
    event.preventDefault();
  }

  click(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const quotation = event.target.closest("a[data-play]");
    if (quotation) {
      event.preventDefault();
      this.quote(quotation);
      return;
    }
    const passage = event.target.closest(".passage[data-start]");
    const time = event.target.closest("a.time");
    if (!passage || (!time && (event.target.closest("a, button") || !getSelection().isCollapsed))) return;
    event.preventDefault();
    this.play(Number(passage.dataset.start));
    history.replaceState(history.state, "", `#t=${passage.dataset.start}`);
  }

  // Play one quotation of a page of results, and no more than it; again: pause and go on.
  quote(button) {
    const { play, start, end, name } = button.dataset;
    if (this.source === button) {
      this.toggle();
      return;
    }
    this.leave();
    this.source = button;
    if (!this.media.src.endsWith(play)) this.media.src = play;
    this.bar.hidden = false;
    document.body.classList.add("has-player");
    this.part("who").textContent = name;
    this.play(Number(start), end ? Number(end) : null);
  }

  leave() {
    this.source?.classList.remove("playing");
    this.source?.closest(".quotation")?.classList.remove("speaking");
    this.source = null;
    this.until = null;
  }

  play(start, until = null) {
    this.seek(start);
    this.until = until;
    this.media.play().catch(() => {}); // a browser that wants a click first, or a source that was changed meanwhile
  }

  toggle() {
    if (this.media.paused) {
      if (this.until !== null && this.media.currentTime >= this.until) this.until = null;
      this.media.play().catch(() => {});
    } else this.media.pause();
  }

  move(seconds) {
    this.until = null;
    this.seek(this.media.currentTime + seconds);
  }

  seek(seconds) {
    const { media } = this;
    const go = () => {
      media.currentTime = Math.min(Math.max(0, seconds), media.duration || Infinity);
      this.show();
    };
    if (media.readyState > 0) go();
    else {
      media.addEventListener("loadedmetadata", go, { once: true });
      if (media.preload === "none") media.load();
    }
  }

  // Jump to the second that the address names and light up its passage, without starting to play.
  follow(hash) {
    const seconds = secondIn(hash);
    if (seconds === null) return;
    this.seek(seconds);
    this.passages.light(seconds);
    this.passages.reveal(true);
    // once more when the passages around it have their real height: those out of sight are only estimated
    requestAnimationFrame(() => requestAnimationFrame(() => this.passages.reveal(true)));
  }

  tick() {
    if (this.media.paused) return;
    if (this.until !== null && this.media.currentTime >= this.until) this.media.pause();
    if (this.passages.light(this.media.currentTime)) this.passages.reveal();
    this.passages.lightWord(this.media.currentTime);
    requestAnimationFrame(() => this.tick());
  }

  show() {
    const { media } = this;
    const playing = !media.paused && !media.ended;
    this.bar.classList.toggle("playing", playing);
    this.bar.querySelector("[data-do=toggle]").setAttribute("aria-label", playing ? "Pause" : "Play");
    this.source?.classList.toggle("playing", playing);
    this.source?.closest(".quotation")?.classList.toggle("speaking", playing);
    const progress = this.part("progress");
    if (Number.isFinite(media.duration)) {
      progress.max = media.duration;
      this.part("whole").textContent = timecode(media.duration);
    }
    const who = this.passages.who(media.currentTime) || (this.source ? null : this.bar.dataset.name);
    if (who) this.part("who").textContent = who;
    if (this.dragging) return;
    progress.value = media.currentTime;
    this.paint(progress);
    progress.setAttribute("aria-valuetext", `${timecode(media.currentTime)} of ${timecode(media.duration)}`);
    this.part("now").textContent = timecode(media.currentTime);
  }

  paint(progress) {
    progress.style.setProperty("--played", `${(100 * progress.value) / (progress.max || 1)}%`);
  }

  fail() {
    if (!this.media.error || !this.media.getAttribute("src")) return;
    this.part("who").textContent = "This recording cannot be played here";
  }
}

// The passages of a testimony, found by the second.
class Passages {
  constructor(words) {
    this.elements = [...document.querySelectorAll(".passage[data-start]")];
    this.starts = this.elements.map((element) => Number(element.dataset.start));
    let who = "";
    this.names = this.elements.map((element) => (who = element.dataset.who ?? who));
    this.current = -1;
    this.address = words;
    this.words = null; // position → [[start, end, from, to], …]
    this.scrolled = 0;
    for (const event of ["wheel", "touchmove"]) {
      addEventListener(event, () => (this.scrolled = performance.now()), { passive: true });
    }
  }

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

  // Light up the passage of this second; true where it is another one than before.
  light(seconds) {
    const next = this.at(seconds);
    if (next === this.current) return false;
    this.elements[this.current]?.classList.remove("here");
    this.elements[next]?.classList.add("here");
    this.current = next;
    return next >= 0;
  }

  reveal(always = false) {
    const element = this.elements[this.current];
    if (!element || (!always && performance.now() - this.scrolled < PATIENCE)) return;
    const { top, bottom } = element.getBoundingClientRect();
    if (!always && top > 80 && bottom < innerHeight - 140) return;
    element.scrollIntoView({ block: always ? "center" : "start", behavior: calm.matches || always ? "auto" : "smooth" });
  }

  async readWords() {
    if (!this.address) return;
    const address = this.address;
    this.address = null;
    const answer = await fetch(address).catch(() => null);
    this.words = answer?.ok ? await answer.json() : null;
  }

  lightWord(seconds) {
    if (!this.words || !globalThis.Highlight) return;
    const element = this.elements[this.current];
    const word = this.words[element?.id.slice(1)]?.find(([start, end]) => start <= seconds && seconds < end);
    if (word === this.word) return;
    this.word = word;
    CSS.highlights.delete("spoken");
    const text = element?.querySelector(".words").firstChild;
    if (!word || !text) return;
    const range = new Range();
    range.setStart(text, word[2]);
    range.setEnd(text, word[3]);
    CSS.highlights.set("spoken", new Highlight(range));
  }
}

document.documentElement.classList.add("with-script");
const bar = document.querySelector("[data-player]");
if (bar) new Player(bar);
