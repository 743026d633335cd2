// Whether an answer helped: two buttons, then one sentence in their place.

function opinionOf(answerId) {
  const place = make("span", { class: "opinion", role: "status" });
  const say = async (kind) => {
    place.querySelectorAll("button").forEach((button) => (button.disabled = true));
    try {
      const receipt = await (await post(`api/v1/answers/${answerId}/feedback`, { kind }, "application/json")).json();
      place.textContent = receipt.message;
    } catch {
      place.querySelectorAll("button").forEach((button) => (button.disabled = false));
      place.append("没有送出，请稍后再试。");
    }
  };
  const choice = (kind, words) => make("button", { type: "button", class: "way", onclick: () => say(kind) }, words);
  place.append(choice("helpful", "有帮助"), choice("not_helpful", "没有帮助"));
  return place;
}
