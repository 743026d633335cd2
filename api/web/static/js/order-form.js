// <order-form> wraps the form of a work order: Ctrl+Enter sends it, and a field somebody has changed loses its mark.

class OrderForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("keydown", (event) => this.sendOnControlEnter(event));
    this.addEventListener("input", (event) => this.unmark(event.target));
    this.form.addEventListener("submit", () => this.lock());
    window.addEventListener("pageshow", () => this.unlock());
  }

  sendOnControlEnter(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  unmark(field) {
    this.querySelector(`[data-filled="${field.name}"]`)?.remove();
  }

  // A second press while the first is under way would take the same order down twice.
  lock() {
    queueMicrotask(() => this.querySelectorAll("[data-submit]").forEach((button) => (button.disabled = true)));
  }

  unlock() {
    this.querySelectorAll("[data-submit]").forEach((button) => (button.disabled = false));
  }
}

customElements.define("order-form", OrderForm);
