// <mimi-zone>: a field for a time zone becomes a search by city (the combobox pattern of ARIA), and is filled in from
// the browser where nothing is known yet.

class Zone extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (!this.input || this.list) return;
    if (this.dataset.prefill === "true" && !this.input.value) {
      this.input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.list = document.createElement("ul");
    this.list.id = `${this.input.id}-list`;
    this.list.className = "options";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.querySelector("label")?.textContent ?? "");
    this.list.hidden = true;
    this.input.after(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": this.list.id,
      "aria-expanded": "false",
      autocomplete: "off",
    })) {
      this.input.setAttribute(name, value);
    }
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option?.dataset.zone) this.choose(option);
    });
  }

  async search() {
    const asked = this.input.value;
    const answer = await fetch(`/zones?q=${encodeURIComponent(asked)}`).catch(() => null);
    if (!answer?.ok || asked !== this.input.value) return;
    const zones = await answer.json();
    this.list.replaceChildren(
      ...zones.map(({ zone, city, offset }, at) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${at}`;
        option.setAttribute("role", "option");
        option.dataset.zone = zone;
        const name = document.createElement("span");
        name.textContent = city;
        const more = document.createElement("span");
        more.className = "soft small";
        more.textContent = `${zone} · ${offset}`;
        option.append(name, more);
        return option;
      }),
    );
    if (zones.length === 0) {
      const none = document.createElement("li");
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = this.dataset.none;
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(0);
  }

  key(event) {
    if (this.list.hidden) {
      if (event.key === "ArrowDown") this.search();
      return;
    }
    const options = [...this.list.querySelectorAll("[data-zone]")];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") this.mark(Math.min(at + 1, options.length - 1));
    else if (event.key === "ArrowUp") this.mark(Math.max(at - 1, 0));
    else if (event.key === "Enter" && options[at]) this.choose(options[at]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  mark(at) {
    this.list.querySelectorAll("[data-zone]").forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === at));
      if (place === at) {
        this.input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  }

  choose(option) {
    this.input.value = option.dataset.zone;
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

customElements.define("mimi-zone", Zone);
