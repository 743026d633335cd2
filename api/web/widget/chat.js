// <zhengwen-chat region="…" title="…" place="right|left|inline" size="large">: a button, and the dialog it opens.

class ZhengwenChat extends HTMLElement {
  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    wear(shadow, STYLE);
    Object.assign(this, chatParts(() => this.open()));
    shadow.append(this.root);
    this.form.addEventListener("submit", (event) => this.take(event));
    this.box.addEventListener("keydown", (event) => this.sendOnEnter(event));
  }

  connectedCallback() {
    const title = this.getAttribute("title") || "政策咨询";
    this.launcher.querySelector("b").textContent = title;
    this.heading.textContent = title;
  }

  disconnectedCallback() {
    this.stop?.abort();
  }

  // For the page: document.querySelector("zhengwen-chat").open("居住证怎么办？")
  async open(words = "") {
    if (!this.dialog.open) this.dialog.showModal();
    this.box.focus();
    if (!this.terms) await this.prepare();
    if (words) this.ask(words);
  }

  // Nothing is asked of the service before the dialog is opened.
  async prepare() {
    const region = this.getAttribute("region");
    try {
      this.terms = await (await send(`api/v1/widget${region ? `?region=${encodeURIComponent(region)}` : ""}`)).json();
    } catch (error) {
      this.tell(await whyItFailed(error), () => this.prepare());
      return;
    }
    this.log.querySelector(".failed")?.remove();
    this.regions.replaceChildren(...this.terms.regions.map(({ code, name }) => make("option", { value: code }, name)));
    this.where.hidden = this.terms.regions.length === 0;
    this.notice.hidden = !this.terms.demonstration;
    if (!this.log.firstChild && this.terms.questions.length) {
      const start = nextQuestions(this.terms.questions, (words) => this.ask(words));
      start.querySelector("h3").textContent = "大家常问";
      this.log.append(start);
    }
  }

  take(event) {
    event.preventDefault();
    this.ask(this.box.value);
  }

  // Enter sends, Shift+Enter makes a new line; Enter that ends a pinyin composition does neither.
  sendOnEnter(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async ask(typed) {
    const words = typed.trim();
    this.box.focus();
    if (!words || this.busy) return;
    const turn = this.begin(words);
    this.stop = new AbortController();
    try {
      const wanted = { message: words, conversation_id: this.conversation, region: this.regions.value || this.getAttribute("region") || undefined };
      await this.read(await post("api/v1/chat", wanted, "text/event-stream", this.stop.signal), turn);
    } catch (error) {
      if (!turn.complete) this.fail(turn, words, await whyItFailed(error));
    }
    this.busy = false;
    this.log.removeAttribute("aria-busy");
    this.progress.textContent = "";
  }

  begin(words) {
    this.busy = true;
    this.log.querySelector(".failed")?.remove();
    this.log.setAttribute("aria-busy", "true");
    const said = make("span", {}, words);
    const question = make("p", { class: "question" }, make("span", { class: "unseen" }, "您问："), said);
    const answer = make("article", { class: "answer", "aria-label": "答复", hidden: "" });
    this.log.append(question, answer);
    this.box.value = "";
    this.progress.textContent = "正在提交…";
    question.scrollIntoView({ block: "start" });
    return { question, said, answer, complete: false };
  }

  async read(response, turn) {
    for await (const { name, content } of events(response, this.stop)) {
      if (name === "status") this.progress.textContent = content.text;
      if (name === "error") throw new Refusal(content.detail);
      if (name === "block") this.show(turn, shownBlock(content));
      if (name === "citations") this.show(turn, shownCitations(content.citations));
      if (name === "generated") this.put(turn, shownBlock(content));
      if (name === "done") this.finish(turn, content);
    }
    if (!turn.complete) throw new Error("cut off");
  }

  show(turn, part) {
    turn.answer.hidden = false;
    if (part) turn.answer.append(part);
    turn.question.scrollIntoView({ block: "start" });
  }

  // Text of a language model comes whole each time it has grown, and stands before what it rests on.
  put(turn, part) {
    turn.answer.hidden = false;
    turn.answer.querySelector(".generated")?.remove();
    turn.answer.prepend(part);
  }

  finish(turn, reply) {
    turn.complete = true;
    this.conversation = reply.conversation_id;
    // What is shown is what was kept: personal data already masked.
    turn.said.textContent = reply.question;
    const rest = closing(reply, (words) => this.ask(words), opinionOf(reply.answer_id));
    turn.answer.replaceChildren(...reply.blocks.map(shownBlock), ...rest);
    // Whoever reads text that came bit by bit is not moved away from it.
    if (!reply.contains_generated) this.show(turn, null);
    this.label.textContent = "接着问";
  }

  fail(turn, words, why) {
    turn.question.remove();
    turn.answer.remove();
    // What was typed meanwhile is not lost either.
    if (!this.box.value) this.box.value = words;
    this.tell(why, () => this.ask(words));
  }

  tell(words, again) {
    this.log.querySelector(".failed")?.remove();
    const line = failure(words, () => (this.box.focus(), again()));
    this.log.append(line);
    line.scrollIntoView({ block: "nearest" });
  }
}

if (!customElements.get("zhengwen-chat")) customElements.define("zhengwen-chat", ZhengwenChat);
