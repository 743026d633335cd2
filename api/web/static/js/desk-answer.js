// <desk-answer>: copy the text message, open a work order, mark the answer wrong. Whatever uses an answer keeps it first.

class DeskAnswer extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById("call");
    this.said = this.querySelector("[data-said]");
    this.querySelector("[data-copy]").addEventListener("click", () => this.copy());
    document.addEventListener("submit", (event) => this.take(event));
    document.addEventListener("desk-new-call", () => this.clear());
    document.addEventListener("click", (event) => this.walk(event.target.closest("[data-walk]")));
    document.addEventListener("keydown", (event) => this.leaveProvision(event));
  }

  take(event) {
    const button = event.submitter;
    if (button?.matches("[data-mark]")) {
      event.preventDefault();
      this.mark();
    }
    if (button?.matches("[data-order]") && !this.sending) {
      event.preventDefault();
      this.openOrder(button);
    }
  }

  async copy() {
    const box = document.querySelector("[data-message]");
    if (!box?.value) {
      this.say("还没有可以复制的短信内容。");
      return;
    }
    this.say((await this.toClipboard(box)) ? `短信内容已复制，共 ${box.value.length} 字。` : "没能复制。请展开右侧的短信内容，全选后复制。");
    this.keep().catch(() => {});
  }

  async toClipboard(box) {
    try {
      await navigator.clipboard.writeText(box.value);
      return true;
    } catch {
      return this.copySelected(box);
    }
  }

  // Closed networks often run without HTTPS, where a page has no clipboard of its own.
  copySelected(box) {
    const before = document.activeElement;
    const details = box.closest("details");
    details.open = true;
    box.select();
    const copied = document.execCommand("copy");
    before?.focus();
    return copied;
  }

  async openOrder(button) {
    await this.keep().catch(() => "");
    this.sending = true;
    this.form.requestSubmit(button);
    this.sending = false;
    this.say("工单已在新标签页打开。");
  }

  async mark() {
    try {
      const answerId = await this.keep();
      if (!answerId) return this.say("还没有答案可以标记。请先在来电记录里写下来电人的问题。");
      const response = await this.send("/desk/wrong", { "X-Fragment": "1" });
      if (!response.ok) throw new Error(String(response.status));
      this.say((await response.text()).trim());
      if (this.form.elements.reason.value) this.close();
    } catch (error) {
      this.say(error.words ?? "没有送出，请稍后再试。");
    }
  }

  // The id of the answer on screen, stored now if it was not yet; "" where there is none.
  async keep() {
    const { seen, answer_id: answerId, notes } = this.form.elements;
    if (!seen?.value) return (answerId.value = "");
    const state = [seen.value, notes.value].join("\n");
    if (answerId.value && this.keptState === state) return answerId.value;
    const response = await this.send("/desk/answers");
    const kept = await response.json();
    if (!response.ok) {
      this.dispatchEvent(new CustomEvent("desk-refresh", { bubbles: true }));
      throw Object.assign(new Error("moved on"), { words: kept.detail });
    }
    this.keptState = state;
    return (answerId.value = kept.answer_id);
  }

  send(address, headers = {}) {
    return fetch(address, { method: "POST", body: new URLSearchParams(new FormData(this.form)), headers });
  }

  walk(button) {
    if (!button) return;
    const all = [...document.querySelectorAll("[data-provision]")];
    const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + Number(button.dataset.walk)))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  leaveProvision(event) {
    if (event.key === "Escape" && document.activeElement?.matches("[data-provision]")) this.form.elements.notes.focus();
  }

  close() {
    this.querySelector("[data-wrong]").open = false;
    this.form.elements.comment.value = "";
    this.querySelectorAll("[name=reason]").forEach((box) => (box.checked = false));
    this.form.elements.notes.focus();
  }

  clear() {
    this.keptState = "";
    this.say("");
    this.close();
  }

  say(words) {
    this.said.textContent = words;
  }
}

customElements.define("desk-answer", DeskAnswer);
