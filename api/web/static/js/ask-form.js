// <ask-form> wraps the conversation and its form. With JavaScript the answer arrives piece by piece without leaving the page;
// without it the form is sent as it is. All HTML comes from the server or from the <template>s inside.

class AskForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[data-ask]");
    this.log = this.querySelector("[role=log]");
    this.progress = this.querySelector("[role=status]");
    this.box = this.form.elements.message;
    document.addEventListener("submit", (event) => this.take(event));
    this.box.addEventListener("keydown", (event) => this.sendOnEnter(event));
  }

  take(event) {
    const form = event.target;
    if (!form.matches("form[data-ask], form[data-asks]")) return;
    event.preventDefault();
    const words = (form === this.form ? this.box.value : event.submitter?.value ?? "").trim();
    if (!words || this.busy) {
      this.box.focus();
      return;
    }
    this.ask(words);
  }

  // Enter sends, Shift+Enter makes a new line; Enter that ends a pinyin composition does neither.
  sendOnEnter(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async ask(words) {
    this.begin(words);
    const answer = this.answer;
    try {
      const response = await fetch("/ask", { method: "POST", body: this.fields(words), headers: { Accept: "text/event-stream" } });
      if (response.ok && response.body) await this.read(response.body, answer);
      // Too many at once, or for the moment out of order: the service says so itself, and when to come back.
      else this.fail((await response.json()).detail, words);
    } catch {
      if (!answer.complete) this.fail("没有连上服务，问题还没有得到答复。请检查网络后再试，或者拨打 12345。", words);
    }
    this.settle(answer);
  }

  fields(words) {
    const fields = new URLSearchParams({ message: words });
    const conversation = this.form.elements.conversation_id;
    if (conversation.value) fields.set("conversation_id", conversation.value);
    return fields;
  }

  begin(words) {
    this.busy = true;
    document.querySelector("main").classList.add("citizen--talking");
    // The log is announced once, when the whole answer stands.
    this.log.setAttribute("aria-busy", "true");
    this.question = this.part("question");
    this.question.querySelector("[data-words]").textContent = words;
    this.answer = this.part("answer");
    // Ids are for the newest answer only: the no-script address points at it.
    this.log.querySelector("#answer")?.removeAttribute("id");
    this.log.append(this.question, this.answer);
    this.box.value = "";
    this.progress.textContent = "正在提交…";
    this.question.scrollIntoView({ block: "start" });
  }

  part(name) {
    return this.querySelector(`template[data-part=${name}]`).content.firstElementChild.cloneNode(true);
  }

  async read(body, answer) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = "";
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const events = (waiting + chunk.value).replaceAll("\r\n", "\n").split("\n\n");
      waiting = events.pop();
      events.forEach((event) => this.receive(event, answer));
    }
    if (!answer.complete) throw new Error("cut off");
  }

  receive(event, answer) {
    const lines = event.split("\n");
    const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
    const content = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
    if (name === "status") this.progress.textContent = content;
    if (name === "part") answer.insertAdjacentHTML("beforeend", JSON.parse(content).html);
    if (name === "generated") this.show(JSON.parse(content).html, answer);
    if (name === "error") this.fail(content, "");
    if (name === "done") this.finish(JSON.parse(content));
  }

  finish({ answer_id: answerId, conversation_id: conversationId, question, location: elsewhere, writing = "" }) {
    this.end();
    this.progress.textContent = writing;
    // Whoever asked for a person is led to one; going back leads to the conversation.
    if (elsewhere) setTimeout(() => location.assign(elsewhere));
    this.answer.id = "answer";
    // What is shown is what was kept: personal data already masked.
    this.question.querySelector("[data-words]").textContent = question;
    const conversation = this.form.elements.conversation_id;
    conversation.disabled = false;
    conversation.value = conversationId;
    history.replaceState(null, "", `/?answer=${answerId}`);
    document.querySelectorAll("input[name=return_to]").forEach((field) => (field.value = `/?answer=${answerId}`));
  }

  // Text of a language model comes after the answer is complete, whole each time, and may come while the next question is asked.
  show(html, answer) {
    answer.querySelector("[data-generated]")?.remove();
    answer.insertAdjacentHTML("afterbegin", html);
    answer.querySelector("[data-generated]").setAttribute("aria-busy", "true");
  }

  settle(answer) {
    answer.querySelector("[data-generated]")?.removeAttribute("aria-busy");
    if (this.answer === answer) this.progress.textContent = "";
  }

  fail(words, unanswered) {
    this.end();
    const line = document.createElement("p");
    line.className = "answer__failed";
    line.textContent = words;
    this.answer.append(line);
    if (unanswered) this.box.value = unanswered;
  }

  end() {
    this.busy = false;
    this.answer.complete = true;
    this.answer.removeAttribute("aria-busy");
    this.log.removeAttribute("aria-busy");
    this.progress.textContent = "";
    this.form.querySelector("label").textContent = "接着问";
  }
}

customElements.define("ask-form", AskForm);
