"""A real WorkOrderDrafter that goes by plain words: no model is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.hotline.assembly import DraftingPorts, assemble_drafter
from assistant.hotline.drafting import WorkOrderDrafter
from assistant.hotline.work_orders import WorkOrderDesk
from assistant.intents import IntentRecogniser
from assistant.privacy_rules import load_privacy_rules
from assistant.routing import DepartmentRouter
from assistant.steps.privacy_screen import PrivacyScreen
from tests.factories import DEMO_CITY
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.desk_senses import FirstDepartmentRouter, WordRecogniser

SCREEN = PrivacyScreen(load_privacy_rules())


def mask(text: str) -> str:
    return SCREEN.mask(text)[0]


@dataclass(frozen=True)
class OneClass:
    """Files everything under one class."""

    path: tuple[str, ...] = ("城乡建设", "住房保障", "居住证")

    def suggest(self, text: str, limit: int = 3) -> tuple[tuple[tuple[str, ...], float], ...]:
        return ((self.path, 0.8),)[:limit] if text else ()


def a_drafter(
    desk: WorkOrderDesk,
    recogniser: IntentRecogniser | None = None,
    router: DepartmentRouter | None = None,
) -> WorkOrderDrafter:
    ports = DraftingPorts(
        recogniser or WordRecogniser(),
        router or FirstDepartmentRouter(desk.departments),
        OneClass(),
        BigramTokenizer(),
        SCREEN,
        DEMO_CITY,
    )
    return assemble_drafter(desk, ports)
