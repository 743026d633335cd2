// Keys of the work-order pages: arrows move between rows, a letter presses what carries it in data-key. Nothing happens while typing.

const sheet = document.querySelector("[data-keys-sheet]");
document.querySelectorAll("[data-help]").forEach((button) => (button.hidden = false));

// Speech input types letters anywhere: whoever uses it can switch them off (WCAG 2.1.4).
const off = sheet.querySelector("[data-keys-off]");
off.checked = localStorage.getItem("order-keys") === "off";
off.addEventListener("change", () => localStorage.setItem("order-keys", off.checked ? "off" : "on"));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) toggleSheet();
});

document.addEventListener("keydown", (event) => {
  // A key that belongs to an input method is never ours.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return sendMove(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input, textarea, select");
  if (event.code === "F1" || (event.key === "?" && !typing)) return only(event, toggleSheet);
  if (event.code === "Escape" && !sheet.open) return closeMove(event);
  if (typing || sheet.open || event.shiftKey || off.checked) return;
  if (event.code === "ArrowDown" || event.code === "ArrowUp") return moveRow(event);
  const target = document.querySelector(`[data-key="${event.code}"]`);
  if (target) only(event, () => press(target));
});

// A key held down does it once.
function only(event, act) {
  event.preventDefault();
  if (!event.repeat) act();
}

function toggleSheet() {
  if (sheet.open) sheet.close();
  else sheet.showModal();
}

function moveRow(event) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  event.preventDefault();
  const next = rows.indexOf(document.activeElement) + (event.code === "ArrowDown" ? 1 : -1);
  rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
}

function press(target) {
  if (target.matches("input")) target.focus();
  else if (target.matches("summary")) openAndEnter(target.parentElement);
  else target.click();
}

function openAndEnter(details) {
  details.open = true;
  details.querySelector("select, textarea, input:not([type=hidden]), button")?.focus();
}

function sendMove(event) {
  const form = event.target.closest?.("details.move form");
  if (form) only(event, () => form.requestSubmit(form.querySelector("button")));
}

function closeMove(event) {
  const details = event.target.closest?.("details.move");
  if (!details) return;
  details.open = false;
  details.querySelector("summary").focus();
}
