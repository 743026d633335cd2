"""Which documents are older versions of one another: law collections give every version of a law an id of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from knowledge_base.models import DocumentMetadata, DocumentRevision
from knowledge_base.ports import DocumentStore

# The kinds that bind until replaced (立法法; 规章制定程序条例第七条; 最高人民法院关于司法解释工作的规定第六条). A notice may carry the same
# title every year and replaces nothing.
_BINDING_TITLE = re.compile(r"(?:法|条例|规定|办法|细则|规则|解释)(?:[（(](?:试行|暂行|[一二三四五六七八九十]+)[）)])?$")


def earlier_versions(revision: DocumentRevision, store: DocumentStore) -> Iterator[tuple[DocumentRevision, date]]:
    """Older texts under the same title of the same place and authority, with the day on which this one took their place."""
    metadata, day = revision.metadata, version_day(revision.metadata)
    if day is None or not _BINDING_TITLE.search(metadata.title):
        return
    for document_id in store.find_by_title(metadata.title):
        if document_id == revision.document_id:
            continue
        other = store.latest(document_id)
        others_day = version_day(other.metadata)
        if others_day is not None and others_day < day and _same_source(other.metadata, metadata):
            yield other, day


def version_day(metadata: DocumentMetadata) -> date | None:
    """The last day stated of this text. An amended text often repeats the day on which the first one took effect."""
    effective_on = None if metadata.effective_on_inferred else metadata.effective_on
    return max((day for day in (effective_on, metadata.published_on, metadata.signed_on) if day is not None), default=None)


def _same_source(one: DocumentMetadata, other: DocumentMetadata) -> bool:
    if one.jurisdiction != other.jurisdiction:
        return False
    authorities = set(one.issuing_authorities), set(other.issuing_authorities)
    return not all(authorities) or bool(authorities[0] & authorities[1])
