"""What was published since the current snapshot was made. Cheap: texts are not read, nothing is split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from indexing.indexing_run import ContentMark, IndexingRun
from indexing.models import SnapshotManifest
from indexing.passage_splitter import guide_passage
from knowledge_base.models import DocumentRevision
from knowledge_base.ports import DocumentStore, GuideStore

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class PendingChanges:
    """`documents`: newest revisions of at most 50 documents changed; `revisions` counts all that came. `since` None: nothing is indexed."""

    documents: tuple[DocumentRevision, ...]
    revisions: int
    guides: bool
    since: datetime | None

    @property
    def is_empty(self) -> bool:
        return not (self.documents or self.revisions or self.guides)


def content_mark(documents: DocumentStore, guides: GuideStore) -> ContentMark:
    """What is published now. Read before the texts are: what comes in between then counts as pending, never as indexed."""
    digest = hashlib.blake2b(digest_size=16)
    for passage in sorted((guide_passage(guide) for guide in guides.all()), key=lambda passage: passage.id):
        digest.update(f"{passage.id} {passage.digest}\n".encode())
    return ContentMark(documents.revision_count(), digest.hexdigest())


def changes_since(
    made: IndexingRun | None, current: SnapshotManifest | None, documents: DocumentStore, guides: GuideStore
) -> PendingChanges:
    """`made` is the run that built the current snapshot; without one the snapshot's own moment has to do, and guides are not compared."""
    if current is None:
        return PendingChanges((), documents.revision_count(), bool(guides.all()), None)
    since = made.started_at if made and made.started_at else current.created_at
    if made is None or not made.content.guides:
        changed = tuple(islice(_changed(documents, since), _SHOWN))
        return PendingChanges(changed, len(changed), False, since)
    now = content_mark(documents, guides)
    came = max(now.revisions - made.content.revisions, 0)
    changed = tuple(islice(_changed(documents, since), _SHOWN)) if came else ()
    return PendingChanges(changed, came, now.guides != made.content.guides, since)


def _changed(documents: DocumentStore, since: datetime) -> Iterator[DocumentRevision]:
    for history in documents.histories_without_text():
        if history[-1].change.at >= since:
            yield history[-1]
