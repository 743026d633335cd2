"""From a request to a CitizenQuestion and its answer. Shared by pages, JSON interface and command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from api.container import Container
from assistant.models import AnswerRecord, CitizenQuestion
from assistant.told_conversation import Exchange
from knowledge_base.errors import UnknownRegion
from knowledge_base.models import Region


def usual_region(container: Container) -> Region | None:
    """Whom the service is for; None where it is for no region in particular."""
    code = container.settings.service_region
    return find_region(container, code) if code else None


def find_region(container: Container, name_or_code: str) -> Region:
    """Raises UnknownRegion."""
    wanted = name_or_code.strip()
    region = container.regions.resolve(wanted)
    if region is None:
        raise UnknownRegion(wanted)
    return region


def regions_near(container: Container, region: Region) -> tuple[Region, ...]:
    """To choose from: the region itself, what lies below it, and what stands above."""
    above = container.regions.lineage(region.code)[1:]
    return (region, *container.regions.children(region.code), *(container.regions.get(code) for code in above))


def build_question(
    container: Container, message: str, *, region: str | None = None, as_of: date | None = None, conversation_id: str | None = None
) -> CitizenQuestion:
    """Raises UnknownRegion. Region None is whom the service is for, "" no region at all; a conversation without an id is a new one."""
    meant = usual_region(container) if region is None else find_region(container, region) if region else None
    return CitizenQuestion(
        message=message,
        conversation_id=conversation_id or uuid4().hex,
        jurisdiction=meant.code if meant else None,
        as_of=as_of or container.today(),
        asked_at=container.clock(),
    )


def ask(container: Container, question: CitizenQuestion, told: Sequence[Exchange] = ()) -> AnswerRecord:
    """Blocks for the time of a search; call it from a worker thread. `told`: what came before, where the caller says so."""
    assistant = container.assistant()
    record = (assistant.told(question, told) if told else assistant).answer(question)
    container.metrics.count_answer(record)
    return record
