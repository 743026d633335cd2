// <call-timer> counts from the first key of a call and says how long the first answer took, beside the target of GB/T 33358 (15 s).

class CallTimer extends HTMLElement {
  connectedCallback() {
    this.time = this.querySelector(".timer__time");
    this.note = this.querySelector(".timer__note");
    this.firstNote = this.note.textContent;
    // Words that come from an input method or a screen keyboard press no key.
    for (const kind of ["keydown", "input"]) document.addEventListener(kind, (event) => this.begin(event));
    document.addEventListener("desk-answered", () => this.answered());
    document.addEventListener("desk-new-call", () => this.reset());
  }

  begin(event) {
    if (this.started || ["Alt", "Control", "Shift", "Meta"].includes(event.key)) return;
    this.started = performance.now();
    this.ticking = setInterval(() => this.tick(), 250);
  }

  get seconds() {
    return Math.floor((performance.now() - this.started) / 1000);
  }

  tick() {
    const seconds = this.seconds;
    this.time.textContent = [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
    if (!this.done && seconds > Number(this.dataset.targetS)) this.note.textContent = "已过 15 秒，还没有答案";
  }

  answered() {
    if (!this.started || this.done) return;
    this.done = true;
    const inTime = this.seconds <= Number(this.dataset.targetS);
    this.note.textContent = `${this.seconds} 秒有答案，${inTime ? "达标" : "超过 15 秒"}`;
  }

  reset() {
    clearInterval(this.ticking);
    this.started = this.done = undefined;
    this.time.textContent = "00:00";
    this.note.textContent = this.firstNote;
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
  }
}

customElements.define("call-timer", CallTimer);
