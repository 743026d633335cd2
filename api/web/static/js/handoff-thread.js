// <handoff-thread> keeps a conversation between a citizen and an operator up to date: new messages, the state, the end. A broken
// connection is taken up after the last message seen. Without JavaScript the forms inside work and the page is reloaded by hand.

const RETRY_MS = 2000;

class HandoffThread extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[role=log]");
    this.last = Number(this.dataset.last);
    this.addEventListener("submit", (event) => this.send(event));
    this.addEventListener("keydown", (event) => this.sendByKey(event));
    this.addEventListener("click", (event) => this.insert(event));
    this.toEnd();
    if (this.dataset.open === "yes") this.listen();
    addEventListener("online", () => this.again());
  }

  disconnectedCallback() {
    this.source?.close();
  }

  listen() {
    this.source?.close();
    clearTimeout(this.timer);
    this.source = new EventSource(`${this.dataset.events}?after=${this.last}`);
    this.source.addEventListener("message", (event) => this.show(event));
    this.source.addEventListener("status", (event) => this.replace("[data-status]", event));
    this.source.addEventListener("over", (event) => this.finish(event));
    this.source.addEventListener("open", () => this.tellLink(true));
    this.source.addEventListener("error", () => this.lost());
  }

  // The browser reconnects by itself after a cut, but not after an error page; opening anew covers both.
  lost() {
    this.source.close();
    this.tellLink(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.listen(), RETRY_MS);
  }

  again() {
    if (this.source && !this.over) this.listen();
  }

  show(event) {
    const ordinal = Number(event.lastEventId);
    if (ordinal <= this.last) return;
    const following = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
    this.list.insertAdjacentHTML("beforeend", JSON.parse(event.data).html);
    this.last = ordinal;
    // Whoever reads further up is not pulled away.
    if (following) this.toEnd();
  }

  replace(place, event) {
    const target = this.querySelector(place);
    const html = JSON.parse(event.data).html;
    if (target.innerHTML.trim() !== html.trim()) target.innerHTML = html;
  }

  finish(event) {
    this.over = true;
    this.source.close();
    const foot = this.querySelector("[data-foot]");
    const wasInside = foot.contains(document.activeElement);
    this.replace("[data-foot]", event);
    this.toEnd();
    if (wasInside) foot.querySelector("input, a, button")?.focus();
  }

  // Enter sends, Shift+Enter makes a new line; Enter that ends a pinyin composition does neither. Ctrl+Enter sends as well.
  sendByKey(event) {
    const form = event.target.closest?.("form[data-say]");
    if (!form || event.target.tagName !== "TEXTAREA" || event.key !== "Enter" || event.isComposing) return;
    if (event.shiftKey || (form.dataset.say === "ctrl" && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  }

  // One after the other, so that what is typed fast arrives in its order.
  send(event) {
    const form = event.target;
    if (!form.matches("form[data-say]")) return;
    event.preventDefault();
    const box = form.elements.text;
    if (!box.value.trim()) return;
    const fields = new URLSearchParams(new FormData(form));
    box.value = "";
    box.focus();
    this.sending = (this.sending ?? Promise.resolve()).then(() => this.deliver(form, fields));
  }

  async deliver(form, fields) {
    let fault = "没有送出，请检查网络后再发送；急需办理请拨打 12345。";
    try {
      const headers = { "X-Fragment": "1", Accept: "application/json" };
      const response = await fetch(form.action, { method: "POST", body: fields, headers });
      fault = response.ok ? "" : (await response.json()).detail;
    } catch {
      // Told below, with the words back in the box.
    }
    const box = form.elements.text;
    if (fault) box.value = [fields.get("text"), box.value].filter(Boolean).join("\n");
    this.tellFault(form, fault);
  }

  // Puts the words of an earlier answer where the cursor stands; without JavaScript the link brings them into an empty box.
  insert(event) {
    const link = event.target.closest("[data-insert]");
    const box = this.querySelector("form[data-say] textarea");
    if (!link || !box) return;
    event.preventDefault();
    box.setRangeText(link.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  }

  tellFault(form, words) {
    const line = form.querySelector("[role=alert]");
    line.textContent = words;
    line.hidden = !words;
  }

  tellLink(works) {
    const line = this.querySelector("[data-link]");
    if (line.hidden !== works) line.hidden = works;
  }

  toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}

customElements.define("handoff-thread", HandoffThread);
