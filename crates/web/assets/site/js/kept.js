// Programs that are kept on this device: [data-keep] on a program's page, <mimi-kept> where there is no network.

const CACHE = "mimiyori-kept";
const LIST = "mimiyori-kept";

const list = () => {
  try {
    return JSON.parse(localStorage.getItem(LIST)) ?? [];
  } catch {
    return [];
  }
};

async function keep(button) {
  const page = button.dataset.keep;
  const cache = await caches.open(CACHE);
  await cache.addAll([page, `${page}/player.json`, `${page}/program.mp3`]);
  const { id, title } = await (await cache.match(`${page}/player.json`)).json();
  localStorage.setItem(LIST, JSON.stringify([{ id, title, page }, ...list().filter((one) => one.id !== id)]));
  done(button);
}

function done(button) {
  button.querySelector("span").textContent = button.dataset.kept;
  button.disabled = true;
}

export function offer() {
  if (!("caches" in window) || !navigator.serviceWorker) return;
  for (const button of document.querySelectorAll("[data-keep][data-waiting]")) {
    button.removeAttribute("data-waiting");
    if (list().some((one) => one.page === button.dataset.keep)) done(button);
    else button.addEventListener("click", () => keep(button).catch(() => (button.hidden = true)), { once: true });
  }
}

class Kept extends HTMLElement {
  connectedCallback() {
    const programs = list();
    const items = programs.map(({ title, page }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.className = "title";
      link.href = page;
      link.textContent = title;
      link.setAttribute("hx-boost", "false");
      item.append(link);
      return item;
    });
    const all = document.createElement(items.length ? "ul" : "p");
    all.className = items.length ? "list" : "soft";
    all.append(...(items.length ? items : [this.dataset.none]));
    this.replaceChildren(all);
  }
}

customElements.define("mimi-kept", Kept);
