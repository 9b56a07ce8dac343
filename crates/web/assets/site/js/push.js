// <mimi-push data-key>: this browser is told, too. Shown only where the browser can.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

class Push extends HTMLElement {
  connectedCallback() {
    if (!("PushManager" in window) || !navigator.serviceWorker) return;
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => this.subscribe());
  }

  async subscribe() {
    try {
      const worker = await navigator.serviceWorker.ready;
      const options = { userVisibleOnly: true, applicationServerKey: bytes(this.dataset.key) };
      const subscription = await worker.pushManager.subscribe(options);
      const answer = await fetch("/api/v1/channels", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ kind: "web_push", label: navigator.platform ?? "", subscription }),
      });
      if (!answer.ok) throw new Error(answer.status);
      location.assign("/settings/notifications?done=channel-added");
    } catch {
      const told = this.querySelector(".wrong");
      told.textContent = this.dataset.failed;
      told.hidden = false;
    }
  }
}

customElements.define("mimi-push", Push);
