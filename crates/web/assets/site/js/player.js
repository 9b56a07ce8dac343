// <mimi-player>: the controls of one program's page, and the chapters and transcript beside them. The sound itself is
// the dock's.

import { clock } from "./dock.js";

class Player extends HTMLElement {
  connectedCallback() {
    this.dock = document.querySelector("mimi-dock");
    if (!this.dock || this.program) return;
    this.parts = Object.fromEntries(
      ["seek", "at", "left", "now", "speed", "sleep"].map((name) => [name, this.querySelector(`[data-${name}]`)]),
    );
    this.page = this.closest("article") ?? document;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.addEventListener("click", (event) => this.press(event), { signal });
    this.page.addEventListener("click", (event) => this.jump(event), { signal });
    this.parts.seek.addEventListener("input", () => this.use(() => this.dock.seek(Number(this.parts.seek.value))), { signal });
    this.parts.speed.addEventListener("change", () => (this.dock.speed = Number(this.parts.speed.value)), { signal });
    this.parts.sleep.addEventListener("change", () => this.use(() => this.dock.sleep(this.parts.sleep.value)), { signal });
    document.addEventListener("mimi:player", () => this.show(), { signal });
    this.take();
  }

  disconnectedCallback() {
    this.stop?.abort();
  }

  async take() {
    const answer = await fetch(this.dataset.program).catch(() => null);
    if (!answer?.ok || !this.isConnected) return;
    this.program = await answer.json();
    const wish = new URLSearchParams(location.search);
    // What plays is not put aside only because another page is looked at.
    if (this.dock.audio.paused || wish.has("play")) this.dock.load(this.program);
    if (wish.has("play")) this.dock.play();
    this.show();
  }

  get isHere() {
    return this.program && this.dock.program?.id === this.program.id;
  }

  use(run) {
    if (!this.program) return;
    if (!this.isHere) {
      this.dock.audio.pause();
      this.dock.load(this.program);
    }
    run();
  }

  press(event) {
    const wish = event.target.closest("[data-do]")?.dataset.do;
    const run = {
      toggle: () => this.dock.toggle(),
      back: () => this.dock.skip(-15),
      ahead: () => this.dock.skip(30),
      "chapter-back": () => this.dock.turn(-1),
      "chapter-ahead": () => this.dock.turn(1),
    }[wish];
    if (run) this.use(run);
  }

  /** Chapters and what is said lead there. */
  jump(event) {
    if (event.target.closest("a, input, label, select") || this.contains(event.target)) return;
    const target = event.target.closest("[data-seek], .transcript [data-start]");
    if (!target || String(getSelection()).length > 0) return;
    this.use(() => {
      this.dock.seek(Number(target.dataset.seek ?? target.dataset.start));
      this.dock.play();
    });
  }

  show() {
    const { seek, at, left, now, speed } = this.parts;
    const here = this.isHere ? this.dock.at : Number(this.dataset.position);
    const duration = Number(this.dataset.duration);
    const rate = this.dock.speed;
    if (document.activeElement !== seek || !seek.matches(":active")) seek.value = here;
    seek.setAttribute("aria-valuetext", `${clock(here)} / ${clock(duration)}`);
    at.textContent = clock(here);
    left.textContent = `−${clock((duration - here) / rate)}`;
    if (speed.value !== String(rate) && [...speed.options].some((one) => one.value === String(rate))) speed.value = String(rate);
    const playing = this.isHere && !this.dock.audio.paused;
    const button = this.querySelector("[data-do=toggle]");
    const use = button.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, playing ? "#pause" : "#play"));
    button.setAttribute("aria-label", playing ? button.dataset.pause : button.dataset.play);
    if (!this.isHere) return;
    const chapter = this.program.chapters[this.dock.chapter()];
    if (chapter && now.textContent !== chapter.title) now.textContent = chapter.title;
    this.follow(here);
  }

  follow(here) {
    const mark = (list, attribute, isIt) => {
      for (const one of list) {
        const is = isIt(one);
        if (one.hasAttribute(attribute) !== is) {
          is ? one.setAttribute(attribute, "true") : one.removeAttribute(attribute);
          if (is) this.reveal(one);
        }
      }
    };
    const within = (start, end) => here >= Number(start) - 20 && here < Number(end) - 20;
    mark(this.page.querySelectorAll(".transcript [data-start]"), "data-now-said", (one) => within(one.dataset.start, one.dataset.end));
    mark(this.page.querySelectorAll(".transcript [data-seek]"), "aria-current", (one) => within(one.dataset.seek, one.dataset.end));
  }

  reveal(one) {
    if (!one.dataset.start || !this.page.querySelector("[data-follow]")?.checked || this.dock.audio.paused) return;
    const box = one.closest(".transcript");
    box.scrollTop = one.offsetTop - box.offsetTop - box.clientHeight / 3;
  }
}

customElements.define("mimi-player", Player);
