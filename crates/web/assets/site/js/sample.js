// <mimi-sample src>: a link to a short sound becomes a button that plays it. One sample at a time.

let playing = null;

class Sample extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-play]");
    this.button.setAttribute("role", "button");
    this.button.setAttribute("aria-pressed", "false");
    this.press = (event) => {
      event.preventDefault();
      this.audio && !this.audio.paused ? this.stop() : this.play();
    };
    this.button.addEventListener("click", this.press);
    this.key = (event) => event.key === " " && this.press(event);
    this.button.addEventListener("keydown", this.key);
  }

  disconnectedCallback() {
    this.stop();
  }

  play() {
    playing?.stop();
    playing = this;
    document.querySelector("mimi-dock")?.audio?.pause();
    this.audio ??= new Audio(this.getAttribute("src"));
    this.audio.currentTime = 0;
    this.audio.onended = () => this.stop();
    this.audio.play().catch(() => this.stop());
    this.show("pause", "true");
  }

  stop() {
    this.audio?.pause();
    if (playing === this) playing = null;
    this.show("play", "false");
  }

  show(icon, pressed) {
    const use = this.button.querySelector("use");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
    this.button.setAttribute("aria-pressed", pressed);
  }
}

customElements.define("mimi-sample", Sample);
