// <call-history> shows the orders of the caller's number without leaving the desk.

class CallHistory extends HTMLElement {
  connectedCallback() {
    document.addEventListener("submit", (event) => this.take(event));
    document.addEventListener("desk-new-call", () => this.replaceChildren());
  }

  async take(event) {
    if (!event.submitter?.matches("[data-history]")) return;
    event.preventDefault();
    const { csrf_token: token, phone } = event.target.elements;
    this.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams({ csrf_token: token.value, phone: phone.value });
      const response = await fetch("/desk/history", { method: "POST", body, headers: { "X-Fragment": "1" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      this.innerHTML = await response.text();
    } catch {
      this.textContent = "没有查到，请稍后再试。";
    }
    this.setAttribute("aria-busy", "false");
  }
}

customElements.define("call-history", CallHistory);
