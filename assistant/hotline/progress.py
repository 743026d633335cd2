"""What a citizen may see of an order, in fixed wording from progress.toml: nothing of other people, nothing internal."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.hotline.models import OrderAction, OrderMove, OrderProgress, OrderState, ProgressStep, WorkOrder

PROGRESS_FILE = Path(__file__).with_name("progress.toml")
_ANSWERED = (OrderState.REPLIED, OrderState.FOLLOWED_UP, OrderState.CLOSED)


@dataclass(frozen=True, slots=True)
class ProgressWording:
    """`words` by action; an action without words is internal."""

    words: Mapping[OrderAction, str]
    department: str

    def progress(self, order: WorkOrder, department: str) -> OrderProgress:
        """`department` is the lead's name, "" where there is none."""
        facts = {"department": department or self.department}
        return OrderProgress(
            number=order.number,
            title=order.content.title,
            state=order.state,
            department="" if order.state is OrderState.ACCEPTED else department,
            due_on=order.deadline.due_on,
            steps=tuple(ProgressStep(move.at, self.words[move.action].format(**facts)) for move in self._shown(order.history)),
            reply=order.reply if order.state in _ANSWERED else "",
            can_rate=order.state is OrderState.REPLIED,
        )

    def _shown(self, history: tuple[OrderMove, ...]) -> tuple[OrderMove, ...]:
        """A rejected routing is internal: what led to a department that sent the order back is left out."""
        shown: list[OrderMove] = []
        for move in history:
            if move.action is OrderAction.SEND_BACK:
                shown = [kept for kept in shown if kept.action not in (OrderAction.DISPATCH, OrderAction.START)]
            elif move.action in self.words:
                shown.append(move)
        return tuple(shown)


def load_progress_wording(path: Path = PROGRESS_FILE) -> ProgressWording:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {OrderAction(name): text for name, text in table["words"].items()}
    return ProgressWording(words, table["department"])
