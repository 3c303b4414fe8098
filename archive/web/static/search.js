// Searching without reloading the page: links and the form bring new results in place, and the way back works.

const results = () => document.querySelector("[data-results]");
const field = document.querySelector(".search-big input[name=q]");
let asked = 0;

// Which choices the reader has unfolded or folded: they stay so while the results change.
const named = (details) => `${details.closest(".facet")?.className} ${details.className}`;
const unfolded = () => new Map([...results().querySelectorAll("details")].map((one) => [named(one), one.open]));

const show = async (address, push) => {
  const turn = ++asked;
  results().setAttribute("aria-busy", "true");
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => null);
  const fresh = answer && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (turn !== asked) return; // a later search has overtaken this one
  if (!fresh?.querySelector("[data-results]")) {
    location.href = address;
    return;
  }
  const open = unfolded();
  results().replaceWith(document.adoptNode(fresh.querySelector("[data-results]")));
  for (const details of results().querySelectorAll("details")) {
    if (open.has(named(details))) details.open = open.get(named(details));
  }
  document.title = fresh.title;
  const form = fresh.querySelector(".search-big");
  for (const old of document.querySelectorAll(".search-big input[type=hidden]")) old.remove();
  document.querySelector(".search-big").append(...form.querySelectorAll("input[type=hidden]"));
  if (push) history.pushState(null, "", address);
  if (!push || document.activeElement !== field) field.value = form.querySelector("input[name=q]").value;
  const number = results().querySelector(".results-number, .hint");
  document.querySelector("[data-said]").textContent = number?.textContent ?? "";
  // what was focused is gone: begin again at the number found
  if (push && document.activeElement === document.body && number) {
    number.tabIndex = -1;
    number.focus({ preventScroll: true });
  }
};

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[href]");
  if (!link || !results().contains(link) || link.pathname !== location.pathname) return;
  event.preventDefault();
  show(link.href, {});
  if (link.closest(".pagination")) scrollTo({ top: 0 });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (new URL(form.action).pathname !== location.pathname || !form.matches(".search-big, [data-results] form")) return;
  event.preventDefault();
  const said = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...said]) if (!value) said.delete(name, value);
  show(`${form.action}${said.size ? `?${said}` : ""}`, {});
});

addEventListener("popstate", () => show(location.href));
