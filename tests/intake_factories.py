"""Values of intake for tests, each with harmless defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge_base.intake.models import Draft, DraftState, ProposalState, RepealProposal, Upload, UploadState
from tests.factories import a_document, a_moment


def an_upload(id: str = "u-1", **fields: object) -> Upload:  # noqa: A002 - reads best at the call
    upload = Upload(
        id=id,
        name="居住证办法.docx",
        size=1200,
        digest="ab" * 32,
        origin="",
        source_id="",
        by="王编辑",
        at=a_moment(),
        state=UploadState.WAITING,
    )
    return replace(upload, **fields)  # type: ignore[arg-type]


def a_draft(id: str = "draft-1", **fields: object) -> Draft:  # noqa: A002 - reads best at the call
    draft = Draft(
        id=id,
        version=1,
        upload_id="u-1",
        document=a_document(),
        evidence=(),
        state=DraftState.WAITING,
        by="王编辑",
        at=a_moment(),
    )
    return replace(draft, **fields)  # type: ignore[arg-type]


def a_proposal(id: str = "r-1", **fields: object) -> RepealProposal:  # noqa: A002 - reads best at the call
    proposal = RepealProposal(
        id=id,
        document_id="d-old",
        title="示范市暂住证管理办法",
        repealed_by="d-residence",
        repealed_by_title="示范市居住证管理办法",
        evidence="《示范市暂住证管理办法》同时废止。",
        on=date(2024, 1, 1),
        state=ProposalState.OPEN,
    )
    return replace(proposal, **fields)  # type: ignore[arg-type]
