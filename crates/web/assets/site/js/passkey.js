// <mimi-passkey data-begin data-finish>: signs in by a passkey, or makes one. Shown only where the browser can.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? answer.status);
  return answer.status === 204 ? null : answer.json();
}

function sent(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: parts,
    extensions: credential.getClientExtensionResults(),
  };
}

class Passkey extends HTMLElement {
  connectedCallback() {
    if (!window.PublicKeyCredential) return;
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => this.run());
  }

  async run() {
    const told = this.querySelector(".wrong");
    told.hidden = true;
    try {
      const options = (await post(this.dataset.begin, {})).publicKey;
      options.challenge = bytes(options.challenge);
      for (const list of ["allowCredentials", "excludeCredentials"]) {
        options[list] = options[list]?.map((one) => ({ ...one, id: bytes(one.id) }));
      }
      if (options.user) options.user.id = bytes(options.user.id);
      const isNew = this.hasAttribute("data-new");
      const credential = await navigator.credentials[isNew ? "create" : "get"]({ publicKey: options });
      const body = { credential: sent(credential) };
      if (isNew) body.label = this.querySelector("input")?.value ?? "";
      await post(this.dataset.finish, body);
      location.assign(this.dataset.next);
    } catch {
      told.textContent = this.dataset.failed;
      told.hidden = false;
    }
  }
}

customElements.define("mimi-passkey", Passkey);
