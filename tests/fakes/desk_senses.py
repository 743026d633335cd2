"""A recogniser and a router for the desk that go by plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.departments import card_of
from assistant.intents import ConversationAct, Intent, RequestType
from assistant.routing import RoutedDepartment, Routing
from knowledge_base.ports import DepartmentStore

_TYPES = {"投诉": RequestType.COMPLAINT, "举报": RequestType.REPORT, "建议": RequestType.SUGGESTION, "怎么": RequestType.INQUIRY}


class WordRecogniser:
    """The request type named in the text, else not sure."""

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        kind = next((kind for word, kind in _TYPES.items() if word in text), None)
        return Intent(ConversationAct.MATTER, 1.0, True, kind, 0.9 if kind else 0.3)


@dataclass(frozen=True)
class FirstDepartmentRouter:
    """The first department of the directory, for whatever is asked."""

    departments: DepartmentStore

    def route(self, text: str, jurisdiction: str | None, *, title: str = "", evidence: Sequence[str] = ()) -> Routing:
        lead = RoutedDepartment(card_of(self.departments.all()[0]), 0.7, ("职责中写明“居住证管理”。",))
        return Routing((lead,), lead, (), automatic=False)
