"""Document revisions in SQL. Streams by pages of documents, so no connection stays open between two reads of the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, Select
from sqlalchemy.exc import IntegrityError

from knowledge_base.adapters.sql import document_queries as queries
from knowledge_base.adapters.sql.history_memory import HistoryMemory
from knowledge_base.adapters.sql.outline_codec import content_row, decode_outline
from knowledge_base.adapters.sql.tables import document_texts, documents
from knowledge_base.adapters.sql.upserts import insert_or_skip, upsert
from knowledge_base.errors import RevisionConflict, UnknownDocument
from knowledge_base.models import ChangeKind, DocumentMetadata, DocumentRevision, Provision, ProvisionLevel, RevisionChange
from knowledge_base.one_reading import forget_reading, read_once

# Documents read at once: about 5 MB of laws.
_PAGE = 64
# Histories kept in memory: of laws about 20 MB.
_REMEMBERED = 128
_NO_OUTLINE = Provision(ProvisionLevel.DOCUMENT, "", "", "", "", 0, 0)


class SqlDocumentStore:
    """A DocumentStore on an engine from `open_records`. Safe to share between threads.

    `beside` may write down in the same transaction that a revision was added: both are there or neither.
    """

    def __init__(self, engine: Engine, beside: Callable[[Connection, DocumentRevision], None] = lambda *_: None) -> None:
        self._engine, self._beside = engine, beside
        self._reading = engine.execution_options(sqlite_begin="")
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._metadata = TypeAdapter(DocumentMetadata)
        self._memory = HistoryMemory(_REMEMBERED)

    def add(self, revision: DocumentRevision) -> None:
        try:
            with self._writing.begin() as connection:
                self._add(connection, revision)
                self._beside(connection, revision)
        except IntegrityError as error:
            raise RevisionConflict(revision.document_id, revision.number) from error
        finally:
            forget_reading()

    def revisions(self, document_id: str) -> tuple[DocumentRevision, ...]:
        return read_once((self, "revisions", document_id), lambda: self._revisions_now(document_id))

    def _revisions_now(self, document_id: str) -> tuple[DocumentRevision, ...]:
        # Asked for with every passage found: decoding outlines again and again was half the time of an answer.
        with self._reading.connect() as connection:
            count = connection.execute(queries.COUNT_OF_ONE, {"document_id": document_id}).scalar_one()
        if count == 0:
            raise UnknownDocument(document_id)
        known = self._memory.find(document_id, count)
        if known is None:
            known = self._read(queries.REVISIONS, document_id=document_id)
            self._memory.keep(document_id, known)
        return known

    def latest(self, document_id: str) -> DocumentRevision:
        return self.revisions(document_id)[-1]

    def all_latest(self) -> Iterator[DocumentRevision]:
        for page in self._pages():
            yield from self._read(queries.PAGE_OF_LATEST, page=page)

    def histories(self) -> Iterator[tuple[DocumentRevision, ...]]:
        for page in self._pages():
            revisions = self._read(queries.PAGE_OF_HISTORIES, page=page)
            for _, history in groupby(revisions, key=lambda revision: revision.document_id):
                yield tuple(history)

    def histories_without_text(self) -> Iterator[tuple[DocumentRevision, ...]]:
        for page in self._pages():
            with self._engine.connect() as connection:
                rows = connection.execute(queries.PAGE_OF_HEADS, {"page": page}).all()
            revisions = (self._revision(row, "", _NO_OUTLINE) for row in rows)
            for _, history in groupby(revisions, key=lambda revision: revision.document_id):
                yield tuple(history)

    def find_by_number(self, document_number: str) -> tuple[str, ...]:
        return self._ids(queries.IDS_BY_NUMBER, document_number=document_number)

    def find_by_title(self, title: str) -> tuple[str, ...]:
        return read_once((self, "title", title), lambda: self._ids(queries.IDS_BY_TITLE, title=title))

    def find_repealing(self, title: str, document_number: str | None) -> tuple[str, ...]:
        if document_number is None:
            return self._ids(queries.IDS_REPEALING_TITLE, title=title)
        return self._ids(queries.IDS_REPEALING, title=title, document_number=document_number)

    def count(self) -> int:
        with self._engine.connect() as connection:
            return connection.execute(queries.COUNT).scalar_one()

    def revision_count(self) -> int:
        with self._engine.connect() as connection:
            return connection.execute(queries.COUNT_REVISIONS).scalar_one()

    def _add(self, connection: Connection, revision: DocumentRevision) -> None:
        content = content_row(revision.text, revision.outline)
        insert_or_skip(connection, document_texts, content)
        names = revision.metadata
        upsert(
            connection,
            documents,
            {
                "id": revision.document_id,
                "latest_number": revision.number,
                "title": names.title,
                "document_number": names.document_number,
            },
            only_if_greater="latest_number",
        )
        connection.execute(queries.ADD_REVISION, self._row(revision, content["digest"]))
        newest = connection.execute(queries.LATEST_NUMBER, {"document_id": revision.document_id}).scalar_one()
        if newest == revision.number:
            _keep_notices(connection, revision)

    def _row(self, revision: DocumentRevision, digest: str) -> dict[str, Any]:
        return {
            "document_id": revision.document_id,
            "number": revision.number,
            "edition": revision.edition,
            "content_digest": digest,
            "text_digest": revision.text_digest,
            "metadata": orjson.dumps(revision.metadata).decode(),
            "change_kind": revision.change.kind.value,
            "change_by": revision.change.by,
            "change_at": revision.change.at,
            "change_reason": revision.change.reason,
            "repealed_on": revision.repealed_on,
            "repealed_by": revision.repealed_by,
        }

    def _pages(self) -> Iterator[tuple[str, ...]]:
        page = self._ids(queries.FIRST_IDS, limit=_PAGE)
        while page:
            yield page
            page = self._ids(queries.NEXT_IDS, limit=_PAGE, last=page[-1])

    def _ids(self, query: Select[Any], **values: object) -> tuple[str, ...]:
        with self._reading.connect() as connection:
            return tuple(connection.execute(query, values).scalars())

    def _read(self, query: Select[Any], **values: object) -> tuple[DocumentRevision, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(query, values).all()
        return tuple(self._revision(row, row.text, decode_outline(row.outline)) for row in rows)

    def _revision(self, row: Row[Any], text: str, outline: Provision) -> DocumentRevision:
        return DocumentRevision(
            document_id=row.document_id,
            number=row.number,
            edition=row.edition,
            text=text,
            text_digest=row.text_digest,
            outline=outline,
            metadata=self._metadata.validate_json(row.metadata),
            change=RevisionChange(ChangeKind(row.change_kind), row.change_by, row.change_at, row.change_reason),
            repealed_on=row.repealed_on,
            repealed_by=row.repealed_by,
        )


def _keep_notices(connection: Connection, revision: DocumentRevision) -> None:
    if revision.number > 1:
        connection.execute(queries.DROP_NOTICES, {"of_document": revision.document_id})
    rows = [
        {"document_id": revision.document_id, "ordinal": ordinal, "title": notice.title, "document_number": notice.document_number}
        for ordinal, notice in enumerate(revision.metadata.repeals)
    ]
    if rows:
        connection.execute(queries.ADD_NOTICES, rows)
