// Where a community wants something said before a testimony is heard, nothing sounds until the listener has read it.
// It is asked once for each testimony and page. Without this script the words stand before the player, and nothing plays by itself.

const asking = document.querySelector("[data-before]");
const heard = new Set(); // the testimonies whose note was read here
const own = document.querySelector(".testimony [data-beforehand]"); // of the testimony that the whole page is

const ask = (note, listen) => {
  if (asking.open) return;
  const words = [...note.querySelectorAll("[data-beforehand-text]")].map((one) => one.cloneNode(true));
  asking.querySelector("[data-before-here]").replaceChildren(...words);
  asking.returnValue = "";
  asking.addEventListener(
    "close",
    () => {
      if (asking.returnValue !== "listen") return;
      heard.add(note.dataset.beforehand);
      listen();
    },
    { once: true },
  );
  asking.showModal();
};

// A quotation among others: the press on its button waits for the answer.
document.addEventListener(
  "click",
  (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const play = event.target.closest("a[data-play]");
    const note = play?.closest(".quotation")?.querySelector("[data-beforehand]");
    if (!note || heard.has(note.dataset.beforehand)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(note, () => play.click());
  },
  { capture: true },
);

// The testimony itself: however playing begins, by key, word, address or the browser's own button. Muted until then,
// since a browser may sound for a moment before it pauses.
if (own) {
  const all = [...document.querySelectorAll("main audio, main video, .player audio")];
  for (const one of all) one.muted = true;
  document.addEventListener(
    "play",
    ({ target }) => {
      if (heard.has(own.dataset.beforehand)) return;
      target.pause();
      ask(own, () => {
        for (const one of all) one.muted = false;
        target.play().catch(() => {});
      });
    },
    { capture: true },
  );
}
