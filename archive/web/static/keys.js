// Keys that do something on this page, unless the reader is typing, or has switched letters off.

import { kept, keep } from "./kept.js";

const TYPING = "input:not([type=range], [type=checkbox]), select, textarea, audio, video, [contenteditable], dialog";

export const lettersWork = () => kept("letters") !== "off";
export const letLettersWork = (work) => keep("letters", work ? null : "off");

// `does` says of an event what it does, as a function, or nothing
export const onKeys = (does) =>
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
    if (event.target.closest?.(TYPING)) return;
    if (event.key.length === 1 && event.key !== " " && !lettersWork()) return;
    const action = does(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
