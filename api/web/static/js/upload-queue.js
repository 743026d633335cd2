// <upload-queue> sends the files chosen or dropped one by one, a few at a time, and says of each how far it is and what became of it.
// Without this script the form inside sends them all at once.
const AT_ONCE = 3;
const MB = 1024 * 1024;

class UploadQueue extends HTMLElement {
  connectedCallback() {
    this.waiting = [];
    this.sending = 0;
    this.tally = { all: 0, taken: 0, refused: 0 };
    this.input = this.querySelector('input[type="file"]');
    this.querySelector("button").hidden = true;
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    for (const kind of ["dragenter", "dragover"]) this.addEventListener(kind, (event) => this.invite(event));
    for (const kind of ["dragleave", "drop"]) this.addEventListener(kind, () => this.classList.remove("upload--over"));
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
    window.addEventListener("beforeunload", (event) => this.sending && event.preventDefault());
  }

  invite(event) {
    event.preventDefault();
    this.classList.add("upload--over");
  }

  add(files) {
    // A batch that is over begins anew, with its own count.
    if (!this.sending && !this.waiting.length) {
      this.tally = { all: 0, taken: 0, refused: 0 };
      this.querySelector("[data-files]").replaceChildren();
    }
    for (const file of files) this.waiting.push({ file, row: this.row(file) });
    this.tally.all += files.length;
    this.input.value = "";
    this.next();
  }

  row(file) {
    const row = this.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    row.querySelector("[data-progress]").setAttribute("aria-label", `${file.name}的上传进度`);
    this.querySelector("[data-files]").append(row);
    this.say(row, "等待上传");
    return row;
  }

  next() {
    while (this.sending < AT_ONCE && this.waiting.length) {
      this.sending += 1;
      this.take(this.waiting.shift());
    }
    this.summarise();
  }

  async take({ file, row }) {
    try {
      this.check(file);
      await this.sendTwice(file, row);
      this.tally.taken += 1;
      this.end(row, "已收下，正在排队读取", "done");
    } catch (refusal) {
      this.tally.refused += 1;
      this.end(row, refusal.message, "fault");
    }
    this.sending -= 1;
    document.querySelector("fresh-list")?.refresh();
    this.next();
  }

  check(file) {
    if (!file.size) throw new Error("没有上传：文件是空的，或者是文件夹。请选择有内容的文件。");
    const limit = Number(this.dataset.limitMb);
    if (file.size > limit * MB) throw new Error(`没有上传：文件超过 ${limit} MB 的上限。请拆分文件或压缩其中的图片后再上传。`);
  }

  async sendTwice(file, row) {
    try {
      await this.send(file, row);
    } catch (fault) {
      if (!fault.lost) throw fault;
      this.say(row, "连接中断，正在重新上传");
      await this.send(file, row);
    }
  }

  send(file, row) {
    const asked = new URLSearchParams({ name: file.name, document: this.dataset.document });
    const request = new XMLHttpRequest();
    request.open("POST", `${this.dataset.address}?${asked}`);
    request.setRequestHeader("X-CSRF-Token", document.querySelector('meta[name="csrf-token"]').content);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => this.show(row, event.loaded, event.total));
    return new Promise((resolve, reject) => {
      request.addEventListener("load", () => (request.status === 201 ? resolve() : reject(new Error(reasonOf(request)))));
      request.addEventListener("error", () => reject(lost()));
      request.send(file);
    });
  }

  show(row, sent, total) {
    const percent = Math.floor((100 * sent) / total);
    row.querySelector("[data-progress]").value = percent;
    this.say(row, percent < 100 ? `已上传 ${percent}%` : "已上传，等待服务器确认");
  }

  say(row, words) {
    row.querySelector("[data-result]").textContent = words;
  }

  end(row, words, state) {
    row.dataset.state = state;
    row.querySelector("[data-progress]").remove();
    this.say(row, words);
  }

  summarise() {
    const { all, taken, refused } = this.tally;
    const rest = all - taken - refused;
    const words = rest ? `正在上传：共 ${all} 个文件，还有 ${rest} 个。` : `上传结束：共 ${all} 个文件，收下 ${taken} 个，没有收下 ${refused} 个。`;
    this.querySelector("[data-summary]").textContent = all ? words : "";
  }
}

function reasonOf(request) {
  return request.response?.detail || "没有收下，服务器没有说明原因。请稍后再试。";
}

function lost() {
  return Object.assign(new Error("没有传成：连接两次中断。请检查网络，然后重新选择这个文件。"), { lost: true });
}

customElements.define("upload-queue", UploadQueue);
