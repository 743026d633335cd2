// Keys of the desk: whatever carries data-key is focused or pressed by it. Which keys there are is the server's to say.

const sheet = document.querySelector("[data-keys-sheet]");

document.addEventListener("keydown", (event) => {
  // A key that belongs to an input method is never ours.
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
  const isQuestion = event.key === "?" && !event.target.closest?.("input, textarea, select");
  if (!isQuestion && (event.shiftKey || (!event.altKey && !/^F\d+$/.test(event.code)))) return;
  const code = isQuestion ? "F1" : `${event.altKey ? "Alt+" : ""}${event.code}`;
  const target = [...document.querySelectorAll("[data-key]")].find((place) => !place.hidden && place.dataset.key.split(" ").includes(code));
  if (!target) return;
  event.preventDefault();
  if (event.repeat || (sheet.open && !target.matches("[data-help]"))) return;
  act(target);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) toggleSheet();
});

function act(target) {
  if (target.matches("input, textarea")) {
    target.focus();
    if (target.matches("input")) target.select();
  } else if (target.matches("fieldset")) switchChoice(target);
  else if (target.matches("summary")) openDetails(target.parentElement);
  else target.click();
}

function switchChoice(fieldset) {
  const other = fieldset.querySelector("input:not(:checked)");
  other.checked = true;
  other.dispatchEvent(new Event("change", { bubbles: true }));
}

function openDetails(details) {
  details.open = !details.open;
  (details.open ? details.querySelector("input") : document.getElementById("notes")).focus();
}

function toggleSheet() {
  if (sheet.open) sheet.close();
  else sheet.showModal();
}
