"""Passages found for words, only those that bind on a day: the index proposes, the catalogue has the last word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from api.container import Container
from indexing.models import Passage, PassageKind, SearchQuery
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import Edition
from knowledge_base.validity import edition_on

# Guides, and texts that have ended since the index was built, take places that are not given back.
_SEARCHED_PER_PLACE = 3


@dataclass(frozen=True, slots=True)
class FoundProvision:
    """A passage that may be cited today, with the text it stands in."""

    passage: Passage
    edition: Edition


def provisions_in_force(container: Container, words: str, jurisdiction: str | None, limit: int) -> tuple[FoundProvision, ...]:
    """Best first, at most `limit`; of `jurisdiction` and the regions above it, of every region for None. Raises IndexingError."""
    today = container.today()
    hits = container.searcher().search(SearchQuery(words, today, jurisdiction, limit * _SEARCHED_PER_PLACE)).hits
    edition_of = standing_editions(container, today)
    policies = (hit.passage for hit in hits if hit.passage.kind is PassageKind.POLICY)
    found = (FoundProvision(passage, edition) for passage in policies if (edition := edition_of(passage)))
    return tuple(islice(found, limit))


def standing_editions(container: Container, day: date) -> Callable[[Passage], Edition | None]:
    """For the passages of one search: the text of the policy that a passage stands in word for word, None unless it binds on `day`.

    The catalogue as citizens may see it now: what was repealed, corrected or put off since the index was built is not found.
    """

    @cache  # Several passages of one document stand or fall with the same edition of it.
    def binding(document_id: str) -> Edition | None:
        try:
            return edition_on(container.released.revisions(document_id), day)
        except UnknownDocument:
            return None

    def standing(passage: Passage) -> Edition | None:
        edition = binding(passage.document_id)
        if edition is None or edition.number != passage.edition:
            return None
        return edition if edition.revision.text[passage.start : passage.end] == passage.text else None

    return standing
