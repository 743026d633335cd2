"""Put the operator's desk together from the assistant's parts. The container calls this once; it chooses no adapter."""

from __future__ import annotations

from assistant.answering import PolicyAssistant
from assistant.hotline.call_script import CallScript
from assistant.hotline.desk_card import DeskAssistant
from assistant.hotline.desk_rules import DeskRules, load_desk_rules
from assistant.hotline.message_text import MessageText
from assistant.hotline.points_to_check import PointsToCheck
from assistant.intents import IntentRecogniser
from assistant.ports import Clock
from assistant.routing import DepartmentRouter


def assemble_desk(
    assistant: PolicyAssistant,
    recogniser: IntentRecogniser | None,
    router: DepartmentRouter | None,
    clock: Clock,
    rules: DeskRules | None = None,
) -> DeskAssistant:
    """Rules default to the file shipped with the package."""
    rules = rules or load_desk_rules()
    return DeskAssistant(
        assistant=assistant,
        recogniser=recogniser,
        router=router,
        script=CallScript(rules),
        message=MessageText(rules),
        points=PointsToCheck(assistant.departments.regions, rules),
        rules=rules,
        clock=clock,
    )
