// <fresh-list> asks for its list again while something in it is under way, and rests while nobody looks. Without it the page is loaded anew.
const EVERY_MS = 2_000;
const RESTING_MS = 15_000;

class FreshList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[data-list]");
    this.onVisible = () => document.hidden || this.refresh();
    document.addEventListener("visibilitychange", this.onVisible);
    this.plan();
  }

  disconnectedCallback() {
    clearTimeout(this.planned);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  plan() {
    clearTimeout(this.planned);
    this.planned = setTimeout(() => this.refresh(), this.list.querySelector("[data-busy]") ? EVERY_MS : RESTING_MS);
  }

  async refresh() {
    if (!document.hidden) await this.ask();
    if (this.isConnected) this.plan();
  }

  async ask() {
    try {
      const response = await fetch(this.dataset.source);
      if (!response.ok || response.redirected) return;
      this.show(await response.text());
    } catch {
      // The next round asks again.
    }
  }

  show(html) {
    if (html === this.shown) return;
    this.shown = html;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.id : "";
    this.list.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    this.querySelector("[data-spoken]").textContent = this.list.querySelector("[data-summary]").dataset.summary;
  }
}

customElements.define("fresh-list", FreshList);
