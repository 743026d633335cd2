// <admin-menu> folds the console's menu away on narrow screens; without this script it stays open above the page.
const narrow = window.matchMedia("(max-width: 60rem)");

class AdminMenu extends HTMLElement {
  connectedCallback() {
    this.fold();
    narrow.addEventListener("change", () => this.fold());
  }

  fold() {
    this.querySelector("details").open = !narrow.matches;
  }
}

customElements.define("admin-menu", AdminMenu);
