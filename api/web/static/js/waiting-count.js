// <waiting-count> keeps the number of waiting hand-overs up to date while the page is looked at.

const EVERY_MS = 10_000;

class WaitingCount extends HTMLElement {
  connectedCallback() {
    this.asking = setInterval(() => document.hidden || this.ask(), EVERY_MS);
  }

  disconnectedCallback() {
    clearInterval(this.asking);
  }

  async ask() {
    try {
      const response = await fetch(this.dataset.source);
      if (!response.ok || response.redirected) return;
      const html = await response.text();
      if (html.trim() !== this.innerHTML.trim()) this.innerHTML = html;
    } catch {
      // The next round asks again.
    }
  }
}

customElements.define("waiting-count", WaitingCount);
