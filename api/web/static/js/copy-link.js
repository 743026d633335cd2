// <copy-link> copies the address of a provision beside following it; without JavaScript the link inside still leads there.

class CopyLink extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => this.copy());
  }

  async copy() {
    const link = this.querySelector("a");
    try {
      await navigator.clipboard.writeText(link.href);
      link.dataset.copied = "yes";
      link.title = "链接已复制";
    } catch {
      // A page without HTTPS has no clipboard; the address bar shows the link all the same.
    }
  }
}

customElements.define("copy-link", CopyLink);
