"""Which known documents a repeal notice can mean. Reads the store, changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from knowledge_base.models import NATION_CODE, DocumentMetadata, DocumentRevision, RepealNotice
from knowledge_base.ports import DocumentStore
from knowledge_base.superseded_versions import version_day


def titled(metadata: DocumentMetadata) -> str:
    """《标题》（文号）."""
    number = f"（{metadata.document_number}）" if metadata.document_number else ""
    return f"《{metadata.title}》{number}"


def named_documents(notices: Iterable[RepealNotice], store: DocumentStore) -> tuple[DocumentRevision, ...]:
    """Newest revisions of all documents that carry a named title or 文号, by id."""
    ids: set[str] = set()
    for notice in notices:
        ids.update(store.find_by_title(notice.title))
        if notice.document_number is not None:
            ids.update(store.find_by_number(notice.document_number))
    return tuple(store.latest(document_id) for document_id in sorted(ids))


def documents_meant(notice: RepealNotice, repealing: DocumentRevision, day: date, store: DocumentStore) -> tuple[DocumentRevision, ...]:
    """The documents that the notice, taking effect on `day`, may mean: one is certain, several are for a person to decide.

    A 文号 decides before a title; the same jurisdiction before another; what another document ended earlier is out.
    """
    possible = [target for target in named_documents([notice], store) if _may_be_meant(target, notice, repealing, day)]
    by_number = [target for target in possible if notice.document_number and target.metadata.document_number == notice.document_number]
    possible = by_number or possible
    own = [target for target in possible if target.metadata.jurisdiction == repealing.metadata.jurisdiction]
    return tuple(own if len(own) == 1 else possible)


def _may_be_meant(target: DocumentRevision, notice: RepealNotice, repealing: DocumentRevision, day: date) -> bool:
    if target.document_id == repealing.document_id or _is_younger(target.metadata, repealing, day) or _ended_before(target, repealing, day):
        return False
    metadata, place = target.metadata, repealing.metadata.jurisdiction
    below = _reaches(place, metadata.jurisdiction)
    if notice.document_number is None or metadata.document_number is None:
        return metadata.title == notice.title and below
    if metadata.document_number != notice.document_number:
        return False
    # 示政发〔2024〕12号 is unique in its line of authorities; 第12号令 exists in every ministry and needs the title as well.
    in_line = below or _reaches(metadata.jurisdiction, place)
    return in_line if "〔" in notice.document_number else below and _titles_agree(metadata.title, notice.title)


def _is_younger(metadata: DocumentMetadata, repealing: DocumentRevision, day: date) -> bool:
    start = version_day(metadata) if metadata.effective_on_inferred else metadata.effective_on
    if metadata.title == repealing.metadata.title:
        # A later version of the same law, whose text may repeat the first day of all versions.
        start = max(filter(None, (start, version_day(metadata))), default=None)
        day = version_day(repealing.metadata) or day
    return start is not None and start >= day


def _ended_before(target: DocumentRevision, repealing: DocumentRevision, day: date) -> bool:
    return target.repealed_on is not None and target.repealed_by != repealing.document_id and target.repealed_on <= day


def _titles_agree(title: str, named: str) -> bool:
    """Notices often leave out who issued it: 《关于…的通知》 for 《示范市人民政府关于…的通知》."""
    return bool(named) and (title.endswith(named) or named.endswith(title))


def _reaches(superior: str, code: str) -> bool:
    """True if `code` is `superior` or below it. GB/T 2260: two digits each for province, city, county; 00 where none."""
    if superior == NATION_CODE:
        return True
    stem = superior
    while stem.endswith("00"):
        stem = stem[:-2]
    return code.startswith(stem)
