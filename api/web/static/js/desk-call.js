// <desk-call> wraps the operator's desk: the answer follows the typing, and only the newest answer is ever shown.
// Without JavaScript the form inside is sent as it is. All HTML comes from the server.

const PAUSE_MS = 250;
const SENT = ["csrf_token", "call", "notes", "region", "level", "choice", "seen"];

class DeskCall extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[data-call]");
    this.notes = this.form.elements.notes;
    this.answer = this.querySelector("[data-slot=answer]");
    this.querySelector("[data-no-script]").hidden = true;
    this.notes.addEventListener("input", (event) => this.typed(event));
    // A word made with an input method counts once it is finished, never syllable by syllable.
    this.notes.addEventListener("compositionend", () => this.soon());
    this.addEventListener("change", (event) => ["region", "level"].includes(event.target.name) && this.update());
    this.addEventListener("submit", (event) => this.take(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("desk-refresh", () => this.update());
    this.form.elements.region.addEventListener("keydown", (event) => this.endRegion(event));
  }

  typed(event) {
    if (!event.isComposing) this.soon();
  }

  soon() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.update(), PAUSE_MS);
  }

  // Enter in the region field chooses it; sending the form would look up the history.
  endRegion(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    this.update();
    this.notes.focus();
  }

  take(event) {
    if (event.defaultPrevented || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    if (event.submitter?.name === "choice") this.form.elements.namedItem("choice").forEach?.((field) => this.choose(field, event.submitter));
    this.update();
    this.notes.focus();
  }

  choose(field, button) {
    if (field.type === "hidden") field.value = button.value;
  }

  clicked(event) {
    if (event.target.closest("[data-new-call]")) {
      event.preventDefault();
      this.newCall();
    }
    if (event.target.closest("[data-last-call]")) this.lastCall();
  }

  async update() {
    clearTimeout(this.pause);
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.answer.setAttribute("aria-busy", "true");
    try {
      const response = await fetch("/desk/card", { method: "POST", body: this.fields(), signal: asked.signal });
      if (response.redirected || response.status === 401) throw new Error("signed out");
      if (response.status !== 204 && !response.ok) throw new Error(String(response.status));
      const html = await response.text();
      // An older answer may still arrive after a newer one was asked for.
      if (asked === this.asked && html) this.show(html);
    } catch (error) {
      if (asked === this.asked && error.name !== "AbortError") this.tell(error.message);
    }
    if (asked === this.asked) this.answer.setAttribute("aria-busy", "false");
  }

  fields() {
    const all = new FormData(this.form);
    return new URLSearchParams(SENT.filter((name) => all.has(name)).map((name) => [name, all.get(name)]));
  }

  show(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    for (const part of made.content.querySelectorAll("[data-slot]")) {
      const place = this.querySelector(`[data-slot=${part.dataset.slot}]`);
      const ticked = new Set([...place.querySelectorAll("[data-point]:checked")].map((box) => box.value));
      place.replaceChildren(...part.childNodes);
      place.querySelectorAll("[data-point]").forEach((box) => (box.checked = ticked.has(box.value)));
    }
    if (this.answer.querySelector(".card__title")) this.dispatchEvent(new CustomEvent("desk-answered", { bubbles: true }));
  }

  tell(fault) {
    const words = fault === "signed out" ? "登录已过期。请在新标签页重新登录，再回到这里继续，记录不会丢失。" : "没有连上服务，答案没有更新。请检查网络，稍后改动一个字再试。";
    const line = this.answer.querySelector("[data-fault]") ?? document.createElement("p");
    line.className = "form-fault";
    line.dataset.fault = "";
    line.setAttribute("role", "alert");
    line.textContent = words;
    this.answer.prepend(line);
  }

  // Nothing is asked and nothing is lost: the call before can be taken back, an order not yet sent stays in its own tab.
  newCall() {
    const { notes, phone, region, level } = this.form.elements;
    if (notes.value || phone.value) this.kept = { notes: notes.value, phone: phone.value, region: region.value, level: level.value };
    this.querySelector("[data-last-call]").hidden = !this.kept;
    this.fill({ notes: "", phone: "", region: region.dataset.usual, level: level.value });
    this.dispatchEvent(new CustomEvent("desk-new-call", { bubbles: true }));
  }

  lastCall() {
    const kept = this.kept;
    if (!kept) return;
    this.newCall();
    this.fill(kept);
  }

  fill({ notes, phone, region, level }) {
    const fields = this.form.elements;
    [fields.notes.value, fields.phone.value, fields.region.value, fields.level.value] = [notes, phone, region, level];
    fields.answer_id.value = "";
    fields.call.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.querySelectorAll("input[type=hidden][name=choice]").forEach((field) => (field.value = ""));
    this.querySelectorAll("[data-point]:checked").forEach((box) => (box.checked = false));
    this.update();
    this.notes.focus();
  }
}

customElements.define("desk-call", DeskCall);
