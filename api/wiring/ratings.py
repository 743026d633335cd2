"""What rating answers is made of: the records, and a file of cases in the service's own folder."""

from __future__ import annotations

from collections.abc import Callable
from random import SystemRandom
from typing import TYPE_CHECKING

from api.settings import Settings
from api.wiring.privacy import mask
from assistant.adapters.sql import SqlRatingStore
from assistant.ports import ConversationStore
from assistant.ratings.case_file import CaseFile
from assistant.ratings.rating_desk import RatingDesk
from assistant.ratings.rules import load_rating_rules
from knowledge_base.errors import UnknownDocument
from knowledge_base.ports import Clock, DocumentStore, GuideStore

if TYPE_CHECKING:
    from sqlalchemy import Engine

CASE_FOLDER = "golden"
"""Below ZHENGWEN_HOME; kept in backups like the rest of it."""


def ratings_on(
    settings: Settings,
    engine: Engine,
    conversations: ConversationStore,
    sources: tuple[DocumentStore, GuideStore],
    clock: Clock,
) -> RatingDesk:
    return RatingDesk(
        store=SqlRatingStore(engine),
        conversations=conversations,
        cases=CaseFile(settings.home / CASE_FOLDER),
        rules=load_rating_rules(),
        mask=mask,
        clock=clock,
        is_known=known_labels(*sources),
        choose=SystemRandom().choice,
    )


def known_labels(documents: DocumentStore, guides: GuideStore) -> Callable[[str], bool]:
    """Whether a golden label names a provision of an edition we have, or a guide."""

    def is_known(label: str) -> bool:
        name, _, path = label.partition("#")
        if not path:
            return guides.get(name) is not None
        try:
            editions = documents.revisions(name)
        except UnknownDocument:
            return False
        return any(provision.path == path for edition in editions for provision in edition.outline.walk())

    return is_known
