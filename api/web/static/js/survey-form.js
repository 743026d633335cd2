// <survey-form> sends a survey without leaving the conversation; without JavaScript the form inside does the same by itself.

class SurveyForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.send(event));
  }

  async send(event) {
    event.preventDefault();
    const form = event.target;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Fragment": "1" },
      });
      if (!response.ok) throw new Error(String(response.status));
      // One conversation is asked once, however many answers it has.
      for (const other of document.querySelectorAll("survey-form")) if (other !== this) other.remove();
      this.innerHTML = await response.text();
      this.firstElementChild.focus();
    } catch {
      this.tell("没有送出，请稍后再试。");
    }
  }

  tell(words) {
    const line = this.querySelector("[role=alert]") ?? this.appendChild(document.createElement("p"));
    line.setAttribute("role", "alert");
    line.className = "survey__fault";
    line.textContent = words;
  }
}

customElements.define("survey-form", SurveyForm);
