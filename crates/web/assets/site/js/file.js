// <mimi-file>: a file of text can be chosen in place of pasting what is in it.

class File extends HTMLElement {
  connectedCallback() {
    const chooser = this.querySelector("input[type=file]");
    const text = this.querySelector("textarea");
    chooser.hidden = false;
    chooser.addEventListener("change", async () => {
      text.value = (await chooser.files[0]?.text()) ?? "";
    });
  }
}

customElements.define("mimi-file", File);
