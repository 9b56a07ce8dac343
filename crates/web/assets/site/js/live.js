// <mimi-live data-stream data-part data-digest>: a part of a page that stays true. A stream says that something has
// changed, and the part is asked for again; where streams do not come through, it is asked for at intervals. Nothing is
// asked while nobody looks.

const POLL_MS = 5000;
const FAILURES = 3;

class Live extends HTMLElement {
  connectedCallback() {
    this.seen = () => (document.hidden ? this.rest() : this.watch());
    document.addEventListener("visibilitychange", this.seen);
    if (!document.hidden) this.watch();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.seen);
    this.rest();
  }

  watch() {
    if (this.source || this.timer) return;
    if (!window.EventSource || this.failures >= FAILURES) return this.poll();
    const address = new URL(this.dataset.stream, location.href);
    address.searchParams.set("seen", this.dataset.digest);
    this.source = new EventSource(address);
    this.source.addEventListener("open", () => (this.failures = 0));
    this.source.addEventListener("changed", () => this.renew());
    this.source.addEventListener("error", () => {
      this.failures = (this.failures ?? 0) + 1;
      if (this.failures < FAILURES && this.source?.readyState !== EventSource.CLOSED) return;
      this.rest();
      this.poll();
    });
  }

  poll() {
    this.timer = setInterval(() => this.renew(), POLL_MS);
  }

  rest() {
    this.source?.close();
    this.source = null;
    clearInterval(this.timer);
    this.timer = null;
  }

  // What is being chosen or typed would go.
  held() {
    const held = document.activeElement;
    const types = this.contains(held) && held.matches("input[type=text], textarea, select");
    return types || this.querySelector("input[type=checkbox]:checked") !== null;
  }

  async renew() {
    if (this.held()) return;
    const answer = await fetch(this.dataset.part, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || !this.isConnected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("mimi-live");
    if (!fresh || fresh.dataset.digest === this.dataset.digest) return;
    this.dataset.digest = fresh.dataset.digest;
    const held = document.activeElement?.id;
    this.replaceChildren(...fresh.childNodes);
    if (held) document.getElementById(held)?.focus();
    window.htmx?.process(this);
  }
}

customElements.define("mimi-live", Live);
