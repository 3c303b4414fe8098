// A testimony's page: the text follows the recording, each word can be heard, any stretch be shared and cited.

import { keep, kept } from "./kept.js";
import { closeMenus, offerCitations, offerKeys } from "./help.js";
import { followContents, goByMarks, stepThroughHits } from "./marks.js";
import { Passages, highlight, offsetOf, rangeOf, text } from "./passages.js";
import { keepPicture } from "./picture.js";
import { player } from "./player.js";
import { Excerpt } from "./selection.js";
import { stretchIn, timecode } from "./times.js";
import { Cursor, Words } from "./words.js";

const WORTH_RETURNING = 20; // seconds heard before the place is kept
const REMEMBER_EVERY = 5; // seconds
const NEAR = 8; // pixels beside a word that still mean it
const PATIENCE = 1500; // milliseconds that a click waits for the words' times

const notice = document.querySelector("[data-notice]");
const passages = new Passages();
const words = new Words(passages, player?.bar.dataset.words);
const cursor = player && passages.timed.length ? new Cursor(passages, words, player, document.querySelector("[data-word-said]")) : null;

// One of the page's own sentences by its name, or a sentence.
const say = (what, values = {}) => {
  let said = notice.dataset[`say${what}`] ?? what;
  for (const [name, value] of Object.entries(values)) said = said.replace(`{${name}}`, value);
  notice.textContent = said;
  clearTimeout(say.waiting);
  say.waiting = setTimeout(() => notice.replaceChildren(), 8000);
};

const excerpt = new Excerpt(passages, words, player, cursor, say);

// Go to what the address names, light it up, and wait there.
const follow = () => {
  highlight("excerpt", []);
  const range = /^#p(\d+)(?:-p(\d+))?$/.exec(location.hash);
  if (range?.[2]) {
    if (!excerpt.lightPassages(range[1], range[2])) say("NoPassage");
    return;
  }
  if (range && !document.getElementById(`p${range[1]}`)) say("NoPassage");
  const stretch = player ? stretchIn(location.hash) : null;
  if (stretch === null) return;
  const whole = Number(player.part("progress").max);
  if (stretch === "wrong" || stretch.start >= whole || stretch.end > whole + 1) {
    say("NoTime");
    return;
  }
  player.seek(stretch.start);
  player.until = stretch.end ?? null;
  passages.light(stretch.start);
  passages.jump();
  if (stretch.end) excerpt.light(stretch.start, stretch.end);
};

// A click on a word plays from it; on its time, from the passage.
const listenFrom = async (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const passage = event.target.closest(".passage[data-start]");
  const onTime = event.target.closest("a.time");
  if (!passage || (!onTime && (event.target.closest("a, button") || !getSelection().isCollapsed))) return;
  event.preventDefault();
  const start = onTime ? null : await wordUnder(event, passage);
  const second = start ?? Number(passage.dataset.start);
  player.play(second);
  history.replaceState(history.state, "", `#t=${onTime ? passage.dataset.start : Math.round(second * 100) / 100}`);
  highlight("excerpt", []);
};

const wordUnder = async (event, passage) => {
  const at = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const range = at ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const [node, offset] = at ? [at.offsetNode, at.offset] : [range?.startContainer, range?.startOffset];
  if (!node || !text(passage).contains(node)) return null;
  await Promise.race([words.fetch(), new Promise((done) => setTimeout(done, PATIENCE))]);
  const index = passages.timed.indexOf(passage);
  const [start, , from, to] = words.of(index)[words.standing(index, offsetOf(passage, node, offset))];
  const boxes = [...rangeOf(passage, from, to).getClientRects()];
  const hit = boxes.some(({ left, right }) => left - NEAR < event.clientX && event.clientX < right + NEAR);
  return hit ? start : null;
};

// Where this reader stopped the last time is offered, not forced.
const remember = (key) => {
  const before = Number(kept(`at:${key}`));
  if (before > WORTH_RETURNING && !location.hash && before < Number(player.part("progress").max) - WORTH_RETURNING) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain-button" });
    button.textContent = notice.dataset.sayGoOn.replace("{time}", timecode(before));
    button.addEventListener("click", () => {
      notice.replaceChildren();
      player.play(before);
    });
    notice.replaceChildren(button);
    player.media.addEventListener("play", () => button.remove(), { once: true });
  }
  let last = 0;
  player.followers.push((seconds, playing) => {
    if (!playing || Math.abs(seconds - last) < REMEMBER_EVERY) return;
    last = seconds;
    keep(`at:${key}`, seconds > WORTH_RETURNING ? seconds.toFixed(1) : null);
  });
  player.media.addEventListener("ended", () => keep(`at:${key}`, null));
};

if (player) {
  player.namer = (seconds) => passages.who(seconds);
  const stretches = followContents();
  player.followers.push((seconds, playing) => {
    if (passages.light(seconds) && playing) passages.reveal();
    stretches(seconds);
    if (playing) words.light(passages.current, seconds);
  });
  player.media.addEventListener("play", () => {
    highlight("cursor", []);
    words.fetch();
  });
  document.querySelector("[data-passages]")?.addEventListener("pointerenter", () => words.fetch(), { once: true });
  document.addEventListener("click", listenFrom);
  goByMarks(player);
  keepPicture(player);
  remember(player.bar.dataset.key);
}
stepThroughHits(passages);
offerKeys();
offerCitations();
closeMenus();
// an address that names a stretch for the server alone
const cited = location.hash ? null : document.querySelector(".cited-here");
if (cited) history.replaceState(history.state, "", `#${cited.dataset.place}`);
addEventListener("hashchange", follow);
follow();
