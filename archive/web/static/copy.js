// Buttons that copy the citation beside them, on its page or in a window over another; without a script the text can
// be selected.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.parentElement.querySelector("pre");
  try {
    await navigator.clipboard.writeText(text.textContent);
    const name = (button.dataset.name ??= button.textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = name), 2000);
  } catch {
    getSelection().selectAllChildren(text); // the reader copies it by hand
  }
});
