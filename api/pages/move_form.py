"""The form of a move: one for all actions, each using what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from assistant.hotline.order_terms import OrderAction


@dataclass(frozen=True, slots=True)
class MoveForm:
    """What a move may carry; each uses what it needs."""

    action: OrderAction
    version: int
    reason: str
    text: str
    lead: str
    supporting: tuple[str, ...]
    request_type: str
    satisfaction: str

    def is_of(self, action: OrderAction) -> bool:
        return self.action is action and self.version > 0

    @property
    def words(self) -> str:
        """What somebody wrote, as far as it cannot be chosen again with one key."""
        return self.text.strip() or self.reason.strip()


def move_form(
    action: Annotated[OrderAction, Form()],
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=1000)] = "",
    text: Annotated[str, Form(max_length=8000)] = "",
    lead: Annotated[str, Form(max_length=64)] = "",
    supporting: Annotated[list[str] | None, Form()] = None,
    request_type: Annotated[str, Form(max_length=20)] = "",
    satisfaction: Annotated[str, Form(max_length=20)] = "",
) -> MoveForm:
    """A dependency of the routes."""
    departments = tuple(each for each in supporting or () if each)
    return MoveForm(action, version, reason, text, lead, departments, request_type, satisfaction)


NOTHING_TYPED = MoveForm(OrderAction.CLAIM, 0, "", "", "", (), "", "")
"""What the forms of a page start from that nobody has sent yet."""
