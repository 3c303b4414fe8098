// Windows and menus over the page: the list of keys, the citation of an excerpt, what can be taken away.

import { letLettersWork, lettersWork, onKeys } from "./keys.js";

export const offerKeys = () => {
  const list = document.querySelector("[data-keys]");
  const button = document.querySelector("[data-help]");
  if (!list || !button) return;
  const letters = list.querySelector("[data-letters]");
  letters.checked = lettersWork();
  letters.addEventListener("change", () => letLettersWork(letters.checked));
  button.addEventListener("click", () => list.showModal());
  onKeys((event) => event.key === "?" && (() => list.showModal()));
};

// Every link to a citation opens it over the page; where that fails, the link is followed as it is.
export const offerCitations = () => {
  const frame = document.querySelector("[data-citation-window]");
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a.cite, [data-excerpt-do=cite]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const answer = await fetch(link.href, { headers: { accept: "text/html" } }).catch(() => null);
    const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-citation]");
    if (!fresh) {
      location.href = link.href;
      return;
    }
    frame.querySelector("[data-citation-here]").replaceChildren(document.adoptNode(fresh));
    frame.showModal();
  });
};

// A menu closes as one expects: by Escape, by a click beside it, when the focus leaves it, and when one has chosen.
export const closeMenus = () => {
  for (const menu of document.querySelectorAll("details[data-menu]")) {
    const summary = menu.querySelector("summary");
    const close = () => {
      if (menu.contains(document.activeElement)) summary.focus();
      menu.open = false;
    };
    onKeys((event) => event.key === "Escape" && menu.open && close);
    document.addEventListener("pointerdown", (event) => menu.contains(event.target) || (menu.open = false));
    menu.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !menu.contains(relatedTarget) && (menu.open = false));
    menu.addEventListener("click", (event) => event.target.closest("a") && close());
  }
};
