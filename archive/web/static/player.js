// The player of a page: one slim bar for its recording, and quotations that play.
// A page works without it: the browser's own controls stand in its place, and every time is a link.

import { keep, kept } from "./kept.js";
import { onKeys } from "./keys.js";
import { timecode } from "./times.js";

const STEP = 5; // seconds of ← → and the buttons
const LEAP = 10; // seconds of j and l

class Player {
  constructor(bar) {
    this.bar = bar;
    this.media = document.querySelector("[data-media]");
    this.until = null; // where a single quotation or stretch ends
    this.source = null; // the play button beside that quotation
    this.dragging = false;
    this.followers = []; // told of every moment: (seconds, whether it plays)
    this.namer = () => null; // who speaks at a second
    this.wire();
    this.show();
  }

  // the second at which it stands, or will as soon as the recording is there
  get now() {
    return this.media.readyState > 0 ? this.media.currentTime : (this.wanted ?? 0);
  }

  part(name) {
    return this.bar.querySelector(`[data-${name}]`);
  }

  wire() {
    const { media } = this;
    for (const event of ["play", "pause", "ended", "seeked", "durationchange", "timeupdate"]) {
      media.addEventListener(event, () => this.show());
    }
    media.addEventListener("play", () => this.tick());
    document.addEventListener("play", ({ target }) => this.silence(target), { capture: true }); // it does not bubble
    media.addEventListener("timeupdate", () => this.stopAtTheEnd());
    media.addEventListener("error", () => this.fail());
    this.bar.addEventListener("click", (event) => this.press(event.target.closest("[data-do]")?.dataset.do));
    this.wireSlider(this.part("progress"));
    this.wireSpeed(this.part("speed"));
    onKeys((event) => this.key(event));
    document.addEventListener("click", (event) => this.click(event));
  }

  wireSlider(progress) {
    progress.addEventListener("input", () => {
      this.dragging = true;
      this.part("now").textContent = timecode(progress.value);
      this.paint(progress);
    });
    progress.addEventListener("change", () => {
      this.dragging = false;
      this.until = null;
      this.seek(Number(progress.value));
    });
  }

  wireSpeed(speed) {
    const set = () => {
      this.media.defaultPlaybackRate = this.media.playbackRate = Number(speed.value);
    };
    const before = kept("speed");
    if ([...speed.options].some((option) => option.value === before)) speed.value = before;
    set();
    speed.addEventListener("change", () => {
      set();
      keep("speed", speed.value);
    });
  }

  press(what) {
    if (what === "toggle") this.toggle();
    if (what === "back") this.move(-STEP);
    if (what === "forward") this.move(STEP);
  }

  key(event) {
    if (this.bar.hidden) return null;
    const onSlider = event.target.matches("input[type=range]");
    if (event.key === " " && (onSlider || event.target.closest("button, summary, input"))) return null;
    const moves = { ArrowLeft: -STEP, ArrowRight: STEP, j: -LEAP, l: LEAP };
    if (event.key === " " || event.key === "k") return () => this.toggle();
    if (!event.shiftKey && event.key in moves) return () => this.move(moves[event.key]);
    return null;
  }

  click(event) {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const quotation = event.target.closest("a[data-play]");
    if (!quotation) return;
    event.preventDefault();
    this.quote(quotation);
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
      if (this.until !== null && this.media.currentTime >= this.until - 0.05) this.until = null;
      this.media.play().catch(() => {});
    } else this.media.pause();
  }

  move(seconds) {
    this.until = null;
    this.seek(this.media.currentTime + seconds);
  }

  seek(seconds) {
    const { media } = this;
    this.wanted = seconds; // a later wish overtakes one that still waits for the recording
    const go = () => {
      if (this.wanted !== seconds) return;
      media.currentTime = Math.min(Math.max(0, seconds), media.duration || Infinity);
      this.show();
    };
    if (media.readyState > 0) go();
    else {
      media.addEventListener("loadedmetadata", go, { once: true });
      if (media.preload === "none") media.load();
    }
  }

  tick() {
    if (this.media.paused) return;
    this.stopAtTheEnd();
    this.tell();
    requestAnimationFrame(() => this.tick());
  }

  // of a quotation or stretch; a page in the background hears of it by timeupdate alone, and late
  stopAtTheEnd() {
    const { media, until } = this;
    if (until === null || media.paused || media.currentTime < until) return;
    media.pause();
    media.currentTime = until;
  }

  // Two recordings at once are none.
  silence(playing) {
    for (const other of document.querySelectorAll("audio, video")) if (other !== playing) other.pause();
  }

  tell() {
    if (this.now === 0 && this.media.paused) return; // nothing has been asked for yet
    for (const follower of this.followers) follower(this.now, !this.media.paused);
  }

  show() {
    const { media, bar } = this;
    const playing = !media.paused && !media.ended;
    bar.classList.toggle("playing", playing);
    bar.querySelector("[data-do=toggle]").setAttribute("aria-label", playing ? bar.dataset.sayPause : bar.dataset.sayPlay);
    this.source?.classList.toggle("playing", playing);
    this.source?.closest(".quotation")?.classList.toggle("speaking", playing);
    const progress = this.part("progress");
    if (Number.isFinite(media.duration)) {
      progress.max = media.duration;
      this.part("whole").textContent = timecode(media.duration);
    }
    const who = this.namer(media.currentTime) || (this.source ? null : bar.dataset.name);
    if (who) this.part("who").textContent = who;
    this.tell();
    if (this.dragging) return;
    progress.value = media.currentTime;
    this.paint(progress);
    const said = bar.dataset.sayOf.replace("{now}", timecode(media.currentTime)).replace("{whole}", timecode(media.duration));
    progress.setAttribute("aria-valuetext", said);
    this.part("now").textContent = timecode(media.currentTime);
  }

  paint(progress) {
    const track = this.part("track");
    track.style.setProperty("--played", `${(100 * progress.value) / (progress.max || 1)}%`);
  }

  fail() {
    if (!this.media.error || !this.media.getAttribute("src")) return;
    this.part("who").textContent = this.bar.dataset.sayBroken;
  }
}

document.documentElement.classList.add("with-script");
const bar = document.querySelector("[data-player]");
export const player = bar ? new Player(bar) : null;
