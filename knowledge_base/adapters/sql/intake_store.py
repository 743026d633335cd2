"""Uploads, drafts and proposed repeals in SQL: each as a JSON body, with columns for what lists are asked by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, select, update

from knowledge_base.adapters.sql.outline_codec import content_row, decode_outline
from knowledge_base.adapters.sql.tables import document_texts, drafts, repeal_proposals, uploads
from knowledge_base.adapters.sql.upserts import insert_or_skip, upsert
from knowledge_base.intake.errors import DraftChanged, UnknownDraft, UnknownProposal, UnknownUpload
from knowledge_base.intake.models import Draft, DraftFilter, DraftState, ProposalState, RepealProposal, Upload, UploadState
from knowledge_base.models import Provision, ProvisionLevel

_NO_OUTLINE = Provision(ProvisionLevel.DOCUMENT, "", "", "", "", 0, 0)
_UPLOADS = select(uploads.c.body).order_by(uploads.c.at.desc(), uploads.c.id.desc())
_DRAFTS = (
    select(drafts.c.body, document_texts.c.text, document_texts.c.outline)
    .select_from(drafts.join(document_texts).join(uploads))
    .order_by(uploads.c.at.desc(), uploads.c.id.desc(), drafts.c.ordinal)
)


class SqlIntakeStore:
    """An IntakeStore on an engine from `open_records`. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._upload, self._draft, self._proposal = TypeAdapter(Upload), TypeAdapter(Draft), TypeAdapter(RepealProposal)

    def save_upload(self, upload: Upload) -> None:
        with self._writing.begin() as connection:
            upsert(connection, uploads, _upload_row(upload))

    def upload(self, upload_id: str) -> Upload:
        with self._engine.connect() as connection:
            body = connection.execute(select(uploads.c.body).where(uploads.c.id == upload_id)).scalar()
        if body is None:
            raise UnknownUpload(upload_id)
        return self._upload.validate_json(body)

    def uploads(self, *, states: tuple[UploadState, ...] = (), source_id: str = "", limit: int = 50) -> tuple[Upload, ...]:
        query = _UPLOADS.limit(limit)
        if states:
            query = query.where(uploads.c.state.in_([state.value for state in states]))
        if source_id:
            query = query.where(uploads.c.source_id == source_id)
        with self._engine.connect() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(self._upload.validate_json(body) for body in bodies)

    def finish_reading(self, upload: Upload, drafts_read: tuple[Draft, ...]) -> None:
        with self._writing.begin() as connection:
            upsert(connection, uploads, _upload_row(upload))
            waiting = drafts.c.state == DraftState.WAITING.value
            connection.execute(delete(drafts).where(drafts.c.upload_id == upload.id, waiting))
            for ordinal, draft in enumerate(drafts_read):
                insert_or_skip(connection, drafts, _draft_row(draft, _keep_text(connection, draft)) | {"ordinal": ordinal})

    def save_draft(self, draft: Draft) -> None:
        with self._writing.begin() as connection:
            row = _draft_row(draft, _keep_text(connection, draft))
            seen = (drafts.c.id == draft.id, drafts.c.version == draft.version - 1)
            if connection.execute(update(drafts).where(*seen).values(row)).rowcount != 1:
                raise DraftChanged(draft.id)

    def draft(self, draft_id: str) -> Draft:
        with self._engine.connect() as connection:
            row = connection.execute(_DRAFTS.where(drafts.c.id == draft_id)).first()
        if row is None:
            raise UnknownDraft(draft_id)
        return self._read_draft(row)

    def drafts(self, wanted: DraftFilter) -> tuple[Draft, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(_DRAFTS.where(*_conditions(wanted)).limit(wanted.limit).offset(wanted.offset)).all()
        return tuple(self._read_draft(row) for row in rows)

    def count_drafts(self, wanted: DraftFilter) -> int:
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(drafts).where(*_conditions(wanted))).scalar_one()

    def save_proposal(self, proposal: RepealProposal) -> None:
        row = {
            "id": proposal.id,
            "state": proposal.state.value,
            "document_id": proposal.document_id,
            "repealed_by": proposal.repealed_by,
            "body": orjson.dumps(proposal).decode(),
        }
        with self._writing.begin() as connection:
            upsert(connection, repeal_proposals, row)

    def proposals(self, *, open_only: bool = True) -> tuple[RepealProposal, ...]:
        query = select(repeal_proposals.c.body)
        if open_only:
            query = query.where(repeal_proposals.c.state == ProposalState.OPEN.value)
        with self._engine.connect() as connection:
            found = [self._proposal.validate_json(body) for body in connection.execute(query).scalars()]
        return tuple(sorted(found, key=lambda proposal: (proposal.on, proposal.id)))

    def proposal(self, proposal_id: str) -> RepealProposal:
        with self._engine.connect() as connection:
            body = connection.execute(select(repeal_proposals.c.body).where(repeal_proposals.c.id == proposal_id)).scalar()
        if body is None:
            raise UnknownProposal(proposal_id)
        return self._proposal.validate_json(body)

    def _read_draft(self, row: Row[Any, Any, Any]) -> Draft:
        draft = self._draft.validate_json(row.body)
        return replace(draft, document=replace(draft.document, text=row.text, outline=decode_outline(row.outline)))


def _upload_row(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "state": upload.state.value,
        "source_id": upload.source_id,
        "at": upload.at,
        "body": orjson.dumps(upload).decode(),
    }


def _draft_row(draft: Draft, content_digest: str) -> dict[str, Any]:
    document = draft.document
    return {
        "id": draft.id,
        "upload_id": draft.upload_id,
        "version": draft.version,
        "state": draft.state.value,
        "document_id": document.document_id,
        "words": _words(draft),
        "content_digest": content_digest,
        "body": orjson.dumps(replace(draft, document=replace(document, text="", outline=_NO_OUTLINE))).decode(),
    }


def _keep_text(connection: Connection, draft: Draft) -> str:
    row = content_row(draft.document.text, draft.document.outline)
    insert_or_skip(connection, document_texts, row)
    return str(row["digest"])


def _words(draft: Draft) -> str:
    metadata = draft.metadata
    return "\n".join((metadata.title, metadata.document_number or "", *metadata.issuing_authorities)).casefold()


def _conditions(wanted: DraftFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(drafts.c.state == wanted.state.value)
    if wanted.upload_id:
        found.append(drafts.c.upload_id == wanted.upload_id)
    if wanted.document_id:
        found.append(drafts.c.document_id == wanted.document_id)
    if wanted.words:
        found.append(drafts.c.words.contains(wanted.words.casefold(), autoescape=True))
    return found
