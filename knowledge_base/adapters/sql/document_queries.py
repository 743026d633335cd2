"""The statements of the document store, built once: building one anew costs more than SQLite needs to run it."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select

from knowledge_base.adapters.sql.tables import document_revisions, document_texts, documents, repeal_notices

_IS_LATEST = and_(documents.c.id == document_revisions.c.document_id, documents.c.latest_number == document_revisions.c.number)
_FULL = (
    select(document_revisions, document_texts.c.text, document_texts.c.outline)
    .select_from(document_revisions.join(document_texts).join(documents))
    .order_by(document_revisions.c.document_id, document_revisions.c.number)
)
_OF_ONE = document_revisions.c.document_id == bindparam("document_id")
_OF_PAGE = document_revisions.c.document_id.in_(bindparam("page", expanding=True))
_IDS = select(documents.c.id).order_by(documents.c.id)
_REPEALING = select(repeal_notices.c.document_id).distinct().order_by(repeal_notices.c.document_id)
_NAMES_TITLE = repeal_notices.c.title == bindparam("title")

REVISIONS = _FULL.where(_OF_ONE)
PAGE_OF_HISTORIES = _FULL.where(_OF_PAGE)
PAGE_OF_HEADS = select(document_revisions).where(_OF_PAGE).order_by(document_revisions.c.document_id, document_revisions.c.number)
PAGE_OF_LATEST = _FULL.where(_IS_LATEST, _OF_PAGE)

FIRST_IDS = _IDS.limit(bindparam("limit"))
NEXT_IDS = FIRST_IDS.where(documents.c.id > bindparam("last"))
IDS_BY_NUMBER = _IDS.where(documents.c.document_number == bindparam("document_number"))
IDS_BY_TITLE = _IDS.where(documents.c.title == bindparam("title"))
IDS_REPEALING_TITLE = _REPEALING.where(_NAMES_TITLE)
IDS_REPEALING = _REPEALING.where(or_(_NAMES_TITLE, repeal_notices.c.document_number == bindparam("document_number")))
COUNT = select(func.count()).select_from(documents)
COUNT_OF_ONE = select(func.count()).select_from(document_revisions).where(_OF_ONE)
COUNT_REVISIONS = select(func.count()).select_from(document_revisions)

LATEST_NUMBER = select(documents.c.latest_number).where(documents.c.id == bindparam("document_id"))
ADD_REVISION = insert(document_revisions)
ADD_NOTICES = insert(repeal_notices)
DROP_NOTICES = delete(repeal_notices).where(repeal_notices.c.document_id == bindparam("of_document"))
