// The button on the page and the dialog it opens, by the names that the element knows its parts by.

const DEMONSTRATION = "“示范市”及其政策、指南、部门和电话均为虚构，仅用于演示。";

function questionForm() {
  const box = make("textarea", { id: "words", rows: "2", maxlength: "2000", "aria-describedby": "note" });
  const label = make("label", { for: "words" }, "您想了解什么？");
  const note = make("p", { id: "note", class: "note" }, "请不要填写身份证号、手机号等个人信息。");
  const foot = make("div", { class: "foot" }, note, make("button", { class: "button" }, "提问"));
  return { box, label, form: make("form", { novalidate: "" }, label, box, foot) };
}

function chatParts(open) {
  // An empty title: the words meant for the heading must not hover over everything.
  const dialog = make("dialog", { title: "", "aria-labelledby": "name" });
  const close = make("button", { type: "button", class: "close", "aria-label": "关闭", onclick: () => dialog.close() }, "×");
  const heading = make("h2", { id: "name" });
  const regions = make("select", { id: "region" });
  const where = make("label", { for: "region", hidden: "" }, make("b", {}, "地区 "), regions);
  const notice = make("p", { class: "notice", role: "note", hidden: "" }, DEMONSTRATION);
  const log = make("div", { class: "log", role: "log", tabindex: "0", "aria-label": "对话", "aria-relevant": "additions" });
  const progress = make("p", { class: "progress", role: "status" });
  const asking = questionForm();
  const ways = make("footer", {}, linkTo("/", "打开完整网站"), make("a", { href: "tel:12345" }, "12345 热线"));
  dialog.append(make("header", {}, heading, where, close), notice, log, progress, asking.form, ways);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  const launcher = make("button", { type: "button", title: "", class: "launch", "aria-haspopup": "dialog", onclick: open }, make("b"));
  return { root: make("div", { class: "root" }, launcher, dialog), dialog, heading, regions, where, notice, log, progress, launcher, ...asking };
}

// Said at once to screen readers, and gone when it is tried again.
function failure(words, again) {
  const retry = make("button", { type: "button", class: "way" }, "再试一次");
  const line = make("div", { class: "failed", role: "alert" }, make("p", {}, words), retry);
  retry.addEventListener("click", () => (line.remove(), again()));
  return line;
}
