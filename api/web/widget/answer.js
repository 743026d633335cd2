// How a reply of the service is shown: its blocks, what they rest on, where to go next.

function references(numbers) {
  return numbers.map((number) => make("sup", {}, make("span", { class: "unseen" }, "依据"), String(number)));
}

function asList(lines) {
  return lines.length === 1 ? make("p", {}, lines[0]) : make("ul", {}, lines.map((line) => make("li", {}, line)));
}

function shownBlock({ kind, heading, lines, citation, line_citations: perLine = [] }) {
  const title = heading ? [heading, ...references(citation ? [citation] : [])] : [];
  if (kind === "section") return make("h3", { class: "section" }, title);
  if (kind === "quote") {
    return make("figure", {}, make("figcaption", {}, title), make("blockquote", {}, lines.map((line) => make("p", {}, line))));
  }
  // The label of generated text is part of it: GB 45438-2025.
  if (kind === "generated") {
    const sentences = lines.map((line, index) => make("p", {}, line, references(perLine[index] ?? [])));
    return make("section", { class: "generated" }, make("p", { class: "label" }, heading), sentences);
  }
  const words = kind === "wording" ? lines.map((line) => make("p", {}, line)) : asList(lines);
  return make("section", { class: kind }, heading ? make("h3", {}, title) : null, words);
}

const VALIDITY = {
  in_force: "现行有效",
  amended: "已修改",
  not_yet_effective: "尚未生效",
  repealed: "已废止",
  lapsed: "已失效",
};

function shownCitation({ number, title, document_number: mark, provision, link, validity, edition, is_demonstration: invented }) {
  const name = `《${title}》${mark ? `（${mark}）` : ""}${provision}`;
  const facts = [edition ? VALIDITY[validity] ?? "" : "办事指南", invented ? "示范内容" : ""].filter(Boolean).join("，");
  return make("li", { value: number }, linkTo(link, name), facts ? make("span", { class: "badge" }, facts) : null);
}

function shownCitations(citations) {
  if (!citations.length) return null;
  return make("section", { class: "sources" }, make("h3", {}, "依据"), make("ol", {}, citations.map(shownCitation)));
}

function shownDepartment({ name, phone, hours, address }) {
  const call = phone ? make("p", {}, "电话：", make("a", { href: `tel:${dialled(phone)}` }, phone)) : null;
  const rest = [hours && `时间：${hours}`, address && `地址：${address}`].filter(Boolean);
  return make("section", { class: "department" }, make("h3", {}, name), call, rest.map((line) => make("p", {}, line)));
}

function nextQuestions(questions, ask) {
  if (!questions.length) return null;
  const choices = questions.map((words) => make("li", {}, make("button", { type: "button", class: "chip", onclick: () => ask(words) }, words)));
  return make("section", {}, make("h3", {}, "可以接着问"), make("ul", { class: "chips" }, choices));
}

function waysOn({ answer_id: id, status, offers_person: person }) {
  const ways = [linkTo(`/?answer=${id}#feedback`, "转人工", { class: person ? "button" : "way" })];
  if (person) ways.push(linkTo(`/requests/new?answer=${id}`, "登记诉求", { class: "way" }));
  if (status === "progress_query") ways.push(linkTo("/progress", "查进度", { class: "way" }));
  return ways;
}

// What comes below the blocks once the reply is complete.
function closing(reply, ask, opinion) {
  const dated = reply.documents_as_of ? `依据截至 ${reply.documents_as_of} 的政策文件。` : "";
  return [
    reply.next_steps.length ? make("ul", {}, reply.next_steps.map((step) => make("li", {}, step))) : null,
    shownCitations(reply.citations),
    reply.department ? shownDepartment(reply.department) : null,
    nextQuestions(reply.next_questions, ask),
    make("p", { class: "dated" }, dated, "以文件原文和承办单位的答复为准。"),
    make("div", { class: "ways" }, waysOn(reply), opinion),
  ].filter(Boolean);
}
