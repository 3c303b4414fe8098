// Buttons that copy the citation beside them; without a script the text can be selected.

for (const button of document.querySelectorAll("[data-copy]")) {
  const name = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = name), 2000);
    } catch {
      getSelection().selectAllChildren(text); // the reader copies it by hand
    }
  });
}
