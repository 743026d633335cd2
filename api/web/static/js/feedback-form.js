// <feedback-form> sends an opinion without leaving the conversation; without JavaScript the form inside does the same by itself.

class FeedbackForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.send(event));
  }

  async send(event) {
    // Asking for a person leads to a page of its own.
    if (event.target.matches("[data-leaves]") || event.submitter?.matches("[data-leaves]")) return;
    event.preventDefault();
    const form = event.target;
    const fields = new URLSearchParams({ kind: event.submitter.value });
    try {
      const response = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Fragment": "1" } });
      if (!response.ok) throw new Error(String(response.status));
      this.innerHTML = await response.text();
      this.firstElementChild.focus();
    } catch {
      this.tell("没有送出，请稍后再试；急需办理请拨打 12345。");
    }
  }

  tell(words) {
    const line = this.querySelector("[role=alert]") ?? this.appendChild(document.createElement("p"));
    line.setAttribute("role", "alert");
    line.textContent = words;
  }
}

customElements.define("feedback-form", FeedbackForm);
