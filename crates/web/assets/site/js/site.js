// What every page needs besides htmx: focus after going on, toasts that go, and the elements of the parts.

import "./dock.js";
import "./file.js";
import { offer } from "./kept.js";
import "./live.js";
import "./passkey.js";
import "./player.js";
import "./push.js";
import "./sample.js";
import "./zone.js";

const page = () => document.getElementById("page");

/** Where one was before: whoever stays on a page stays at their place on it. */
let before = {};

document.addEventListener("htmx:before:request", () => {
  const { activeElement: held } = document;
  before = { path: location.pathname, top: window.scrollY, label: held?.getAttribute("aria-label"), id: held?.id };
});

function held() {
  if (before.id) return document.getElementById(before.id);
  return before.label && document.querySelector(`main [aria-label="${CSS.escape(before.label)}"]`);
}

/** After going on, whoever cannot see is told where they are; after a refusal, what is wrong. */
function settle() {
  const wrong = document.querySelector("main [aria-invalid='true']");
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wrong) wrong.focus();
  else if (target) target.scrollIntoView();
  else if (before.path === location.pathname) {
    window.scrollTo(0, before.top);
    (held() || document.getElementById("main"))?.focus({ preventScroll: true });
  } else {
    window.scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

function toasts() {
  for (const toast of document.querySelectorAll(".toast:not([data-seen])")) {
    toast.dataset.seen = "";
    setTimeout(() => toast.classList.add("gone"), 5000);
  }
  const here = new URL(location.href);
  if (here.searchParams.has("done")) {
    here.searchParams.delete("done");
    history.replaceState(history.state, "", here);
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target;
  if (target && (target.id === "page" || target === page() || target === document.body)) {
    settle();
    toasts();
    offer();
  }
});
toasts();
offer();
navigator.serviceWorker?.register("/sw.js").catch(() => {});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => (label.textContent = before), 2000);
});
