// <copy-text> shows its button where the browser can copy; without it the text is there to be selected.

class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => this.copy());
  }

  async copy() {
    const text = this.querySelector("textarea");
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      this.querySelector("[role=status]").textContent = "已复制";
    } catch {
      // A page without HTTPS has no clipboard.
      this.querySelector("[role=status]").textContent = "已选中，请按 Ctrl+C 复制";
    }
  }
}

customElements.define("copy-text", CopyText);
