// The picture of a recording stays in view while the text is read: small, in a corner, once the reader has heard some.

export const keepPicture = (player) => {
  const place = document.querySelector("[data-picture]");
  if (!place) return;
  let seen = true; // where it stands in the page
  let closed = false;
  const show = () => place.classList.toggle("away", !seen && !closed && (!player.media.paused || player.now > 0));
  new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting;
    if (seen) closed = false;
    show();
  }).observe(place);
  for (const event of ["play", "seeked"]) player.media.addEventListener(event, show);
  place.querySelector("[data-picture-close]").addEventListener("click", () => {
    closed = true;
    show();
    document.querySelector("[data-do=toggle]").focus({ preventScroll: true });
  });
};
