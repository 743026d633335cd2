// Keys of the work-order pages: arrows move between rows, a letter presses what carries it in data-key. Nothing happens while typing.

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest?.("input, textarea, select")) return;
  if (event.code === "ArrowDown" || event.code === "ArrowUp") return moveRow(event);
  const target = document.querySelector(`[data-key="${event.code}"]`);
  if (!target || event.repeat) return;
  event.preventDefault();
  press(target);
});

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
