// <handoff-queue> keeps the operator's list of waiting citizens up to date and says how many there are. Focus stays where it was.

const EVERY_MS = 3000;

class HandoffQueue extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.refresh(), EVERY_MS);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async refresh() {
    if (document.hidden) return;
    try {
      const response = await fetch(this.dataset.source, { headers: { "X-Fragment": "1" } });
      if (response.ok) this.show(await response.text());
    } catch {
      // The next try comes by itself.
    }
  }

  show(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const list = this.querySelector("[data-list]");
    const found = fresh.content.querySelector("[data-list]");
    if (!found || list.isEqualNode(found)) return;
    const focused = list.contains(document.activeElement) ? document.activeElement.id : "";
    const before = list.dataset.waiting;
    list.replaceWith(found);
    if (focused) (document.getElementById(focused) ?? found.querySelector("a, button") ?? this.querySelector("h1"))?.focus();
    if (found.dataset.waiting !== before) this.querySelector("[data-count]").textContent = found.dataset.words;
  }
}

customElements.define("handoff-queue", HandoffQueue);
