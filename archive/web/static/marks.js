// Places along the recording: hits of a search with their keys, what is spoken of now, marks of the waveform.

import { onKeys } from "./keys.js";

// The passages that say the words looked for: n and p go from one to the next, the buttons too.
export const stepThroughHits = (passages) => {
  const hits = passages.elements.filter((passage) => passage.classList.contains("hit"));
  const found = document.querySelector("[data-found]");
  if (!hits.length || !found) return;
  let here = -1;
  const go = (step) => {
    here = here < 0 && step < 0 ? hits.length - 1 : (here + step + hits.length) % hits.length;
    const time = hits[here].querySelector("a.time");
    location.hash = time ? time.getAttribute("href") : `#${hits[here].id}`;
    found.textContent = found.dataset.say.replace("{number}", here + 1).replace("{whole}", hits.length);
  };
  const follow = () => {
    const at = hits.findIndex((hit) => location.hash === `#${hit.id}` || location.hash === hit.querySelector("a.time")?.getAttribute("href"));
    if (at < 0) return;
    here = at;
    found.textContent = found.dataset.say.replace("{number}", here + 1).replace("{whole}", hits.length);
  };
  addEventListener("hashchange", follow);
  follow();
  for (const link of document.querySelectorAll("[data-hit]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(link.dataset.hit === "next" ? 1 : -1);
    });
  }
  onKeys((event) => ({ n: () => go(1), p: () => go(-1) })[event.key]);
};

// The stretch of the contents in which a second lies is marked there, and named above the text.
export const followContents = () => {
  const links = [...document.querySelectorAll("a[data-stretch]")].filter((link) => link.dataset.stretch);
  const named = document.querySelector("[data-stretch-here]");
  let current = null;
  return (seconds) => {
    const link = links.findLast((one) => Number(one.dataset.stretch) <= seconds + 0.01) ?? null;
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    current = link;
    if (named) named.textContent = link?.querySelector(".contents-name").textContent ?? "";
  };
};

// A mark of the waveform is too small to be touched, but a mouse can: it goes to its second.
export const goByMarks = (player) => {
  document.querySelector("[data-marks]")?.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-second]");
    if (mark) player.seek(Number(mark.dataset.second));
  });
};
