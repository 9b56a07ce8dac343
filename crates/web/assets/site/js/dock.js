// <mimi-dock>: what is playing, on every page. It lies outside of what is swapped when one goes on, so that it never
// stops; players and buttons of pages talk to it. It remembers the place here and on the server, and speaks to the
// system's media keys.

const SAVE_MS = 15000;
const SPEED = "mimiyori-speed";
const place = (id) => `mimiyori-place-${id}`;

const keep = {
  get(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Private windows keep nothing; the server does.
    }
  },
};

export const clock = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

class Dock extends HTMLElement {
  connectedCallback() {
    if (this.audio) return;
    const [label, play, pause, back, ahead, close] = this.dataset.labels.split("|");
    this.words = { play, pause };
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", label);
    this.audio = new Audio();
    this.audio.preload = "metadata";
    this.audio.setAttribute("data-dock", "");
    this.append(this.audio, this.bar(play, back, ahead, close));
    this.audio.playbackRate = this.speed;
    for (const name of ["play", "pause", "ended", "timeupdate", "loadedmetadata", "ratechange", "seeked"]) {
      this.audio.addEventListener(name, () => this.changed(name));
    }
    addEventListener("pagehide", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    // Before htmx hears of it.
    document.addEventListener("click", (event) => this.start(event), true);
    document.addEventListener("keydown", (event) => this.key(event));
    this.system();
  }

  bar(play, back, ahead, close) {
    const bar = document.createElement("div");
    bar.className = "dock";
    this.link = document.createElement("a");
    this.line = document.createElement("progress");
    this.line.setAttribute("aria-hidden", "true");
    this.line.max = 1;
    const button = (icon, label, run) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button round";
      made.setAttribute("aria-label", label);
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("class", "icon");
      svg.setAttribute("aria-hidden", "true");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      use.setAttribute("href", `${this.dataset.icons}#${icon}`);
      svg.append(use);
      made.append(svg);
      made.addEventListener("click", run);
      return made;
    };
    this.button = button("play", play, () => this.toggle());
    this.button.classList.add("main");
    bar.append(
      this.line,
      this.link,
      button("back", back, () => this.skip(-15)),
      this.button,
      button("ahead", ahead, () => this.skip(30)),
      button("close", close, () => this.close()),
    );
    return bar;
  }

  get speed() {
    return Number(keep.get(SPEED)) || 1;
  }

  set speed(value) {
    keep.set(SPEED, String(value));
    this.audio.playbackRate = this.audio.defaultPlaybackRate = value;
  }

  get at() {
    return this.pending ?? this.audio.currentTime * 1000;
  }

  /** Takes a program in; `begin` in ms, or where it was left. */
  load(program, begin) {
    if (this.program?.id === program.id) return;
    this.save();
    this.program = program;
    this.audio.src = program.audio;
    this.audio.defaultPlaybackRate = this.audio.playbackRate = this.speed;
    const left = program.position || Number(keep.get(place(program.id))) || 0;
    this.seek(begin ?? left);
    this.link.textContent = program.title;
    this.link.href = program.page;
    this.hidden = false;
    document.documentElement.style.setProperty("--dock", "4.25rem");
    this.tell();
    this.emit();
  }

  async open(address, begin) {
    const answer = await fetch(address);
    if (answer.ok && !answer.redirected) this.load(await answer.json(), begin);
  }

  play() {
    return this.audio.play().catch(() => {});
  }

  toggle() {
    this.audio.paused ? this.play() : this.audio.pause();
  }

  seek(ms) {
    const bounded = Math.max(0, Math.min(ms, this.program?.duration ?? Infinity));
    if (this.audio.readyState > 0) {
      this.pending = null;
      this.audio.currentTime = bounded / 1000;
    } else {
      // Known to the audio only when its head is there.
      this.pending = bounded;
    }
    this.emit();
  }

  skip(seconds) {
    this.seek(this.at + seconds * 1000);
  }

  chapter() {
    return this.program?.chapters.findLastIndex((one) => one.start <= this.at + 50) ?? -1;
  }

  /** The chapter before or after; back goes to the beginning of this one first. */
  turn(by) {
    const { chapters } = this.program ?? { chapters: [] };
    const here = this.chapter();
    const restart = by < 0 && this.at - (chapters[here]?.start ?? 0) > 3000;
    const next = chapters[restart ? here : here + by];
    if (next) this.seek(next.start);
    else if (by < 0) this.seek(0);
  }

  /** Minutes, `chapter`, or nothing. */
  sleep(wish) {
    clearTimeout(this.sleeping);
    this.sleepAt = null;
    if (wish === "chapter") this.sleepAt = this.program?.chapters[this.chapter()]?.end ?? null;
    else if (wish) this.sleeping = setTimeout(() => this.audio.pause(), Number(wish) * 60000);
  }

  close() {
    this.audio.pause();
    this.save();
    this.hidden = true;
    document.documentElement.style.setProperty("--dock", "0px");
  }

  changed(name) {
    if (name === "loadedmetadata" && this.pending != null) {
      this.audio.currentTime = this.pending / 1000;
      this.pending = null;
    }
    if (name === "timeupdate" && this.sleepAt != null && this.at >= this.sleepAt - 150) {
      this.sleepAt = null;
      this.audio.pause();
    }
    if (name === "pause" || name === "ended") this.save(name === "ended");
    if (name === "timeupdate" && performance.now() - (this.saved ?? 0) > SAVE_MS) this.save();
    if (this.program) this.line.value = this.at / this.program.duration;
    const playing = !this.audio.paused;
    this.button.querySelector("use").setAttribute("href", `${this.dataset.icons}#${playing ? "pause" : "play"}`);
    this.button.setAttribute("aria-label", playing ? this.words.pause : this.words.play);
    if ("mediaSession" in navigator && this.program && this.audio.readyState > 0) {
      navigator.mediaSession.playbackState = playing ? "playing" : "paused";
      const duration = this.audio.duration;
      if (Number.isFinite(duration)) {
        const position = Math.min(this.audio.currentTime, duration);
        navigator.mediaSession.setPositionState({ duration, position, playbackRate: this.audio.playbackRate });
      }
    }
    this.emit();
  }

  emit() {
    document.dispatchEvent(new CustomEvent("mimi:player", { detail: this }));
  }

  save(ended = false) {
    if (!this.program || (this.audio.readyState === 0 && !ended)) return;
    this.saved = performance.now();
    const at = Math.round(ended ? 0 : this.at);
    keep.set(place(this.program.id), String(at));
    this.program.position = at;
    const body = new URLSearchParams({ at_ms: String(at), ended: String(ended) });
    fetch(this.program.save, { method: "POST", body, keepalive: true }).catch(() => {});
  }

  /** Links that play where scripts run. */
  start(event) {
    const link = event.target.closest?.("[data-play-program]");
    if (!link || event.metaKey || event.ctrlKey || event.button > 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(link.dataset.playProgram).then(() => this.play());
  }

  key(event) {
    const typing = event.target.closest?.("input:not([type=range]), textarea, select, [contenteditable]");
    if (typing || event.metaKey || event.ctrlKey || event.altKey || !this.program) return;
    const run = {
      k: () => this.toggle(),
      j: () => this.skip(-15),
      l: () => this.skip(30),
      n: () => this.turn(1),
      p: () => this.turn(-1),
      ">": () => (this.speed = Math.min(2, this.speed + 0.25)),
      "<": () => (this.speed = Math.max(0.75, this.speed - 0.25)),
    }[event.key.length === 1 ? event.key.toLowerCase() : ""];
    if (!run) return;
    event.preventDefault();
    run();
  }

  /** Keys, headsets and lock screens. */
  system() {
    if (!("mediaSession" in navigator)) return;
    const on = (action, run) => {
      try {
        navigator.mediaSession.setActionHandler(action, run);
      } catch {
        // Not every system knows every action.
      }
    };
    on("play", () => this.play());
    on("pause", () => this.audio.pause());
    on("seekbackward", (wish) => this.skip(-(wish.seekOffset ?? 15)));
    on("seekforward", (wish) => this.skip(wish.seekOffset ?? 30));
    on("seekto", (wish) => this.seek(wish.seekTime * 1000));
    on("previoustrack", () => this.turn(-1));
    on("nexttrack", () => this.turn(1));
  }

  tell() {
    if (!("mediaSession" in navigator)) return;
    const { title, feed } = this.program;
    const src = this.dataset.icons.replace(/icons\.svg.*/, "icon-512.png");
    const artwork = [{ src, sizes: "512x512", type: "image/png" }];
    navigator.mediaSession.metadata = new MediaMetadata({ title, artist: feed, album: feed, artwork });
  }
}

customElements.define("mimi-dock", Dock);
