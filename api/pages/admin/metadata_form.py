"""The form of a document's metadata: what a person typed, checked, and the metadata it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated

from fastapi import Form

from knowledge_base.document_numbers import normalise_document_number
from knowledge_base.intake.comparison import FIELD_LABELS
from knowledge_base.models import DocumentMetadata
from knowledge_base.regions import RegionDirectory

__all__ = ["DATE_FIELDS", "FIELD_LABELS", "FormFaults", "MetadataForm", "metadata_form"]

DATE_FIELDS = ("signed_on", "published_on", "effective_on", "expires_on")
_A_DAY = timedelta(days=1)
_BAD_DATE = "日期应写成 2026-01-31 这样的形式，且确有这一天。"


class FormFaults(Exception):
    """`faults` are Chinese sentences by the field they belong to."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("有内容没有填对，请看各项下面的提示。")
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class MetadataForm:
    """Every field as typed.

    `expires_on` is the last day on which the document binds, as texts say it (有效期至). `inferred` is "on" where the file states no
    施行日期; it ends with any other 施行日期. `repeals` are the positions of those that are right.
    """

    title: str
    document_number: str
    issuing_authorities: str
    jurisdiction: str
    signed_on: str
    published_on: str
    effective_on: str
    expires_on: str
    topics: str
    source_url: str
    inferred: str
    repeals: tuple[int, ...]

    @classmethod
    def of(cls, metadata: DocumentMetadata, regions: RegionDirectory) -> MetadataForm:
        region = regions.resolve(metadata.jurisdiction)
        return cls(
            title=metadata.title,
            document_number=metadata.document_number or "",
            issuing_authorities="、".join(metadata.issuing_authorities),
            jurisdiction=regions.full_name(region.code) if region else metadata.jurisdiction,
            signed_on=_shown(metadata.signed_on),
            published_on=_shown(metadata.published_on),
            effective_on=_shown(metadata.effective_on),
            expires_on=_shown(metadata.expires_on and metadata.expires_on - _A_DAY),
            topics="、".join(metadata.topics),
            source_url=metadata.source_url or "",
            inferred="on" if metadata.effective_on_inferred else "",
            repeals=tuple(range(len(metadata.repeals))),
        )

    def applied_to(self, metadata: DocumentMetadata, regions: RegionDirectory) -> DocumentMetadata:
        """`metadata` with what was typed. Raises FormFaults."""
        faults: dict[str, str] = {}
        signed, published, effective, expires = (_date(name, getattr(self, name), faults) for name in DATE_FIELDS)
        region = regions.resolve(self.jurisdiction)
        if region is None:
            faults["jurisdiction"] = "没有这个地区。请写规范全称或六位代码，例如 广州市天河区 或 440106。"
        if not self.title.strip():
            faults["title"] = "请填写标题。"
        if expires == date.max:
            faults["expires_on"] = _BAD_DATE
        if self.source_url.strip() and not self.source_url.strip().startswith(("http://", "https://")):
            faults["source_url"] = "网址应以 http:// 或 https:// 开头。"
        if faults or region is None:
            raise FormFaults(faults)
        return replace(
            metadata,
            signed_on=signed,
            published_on=published,
            effective_on=effective,
            expires_on=expires and expires + _A_DAY,
            title=self.title.strip().removeprefix("《").removesuffix("》"),
            document_number=_number(self.document_number),
            issuing_authorities=_listed(self.issuing_authorities),
            jurisdiction=region.code,
            topics=_listed(self.topics),
            source_url=self.source_url.strip() or None,
            effective_on_inferred=bool(self.inferred) and effective == metadata.effective_on,
            repeals=tuple(notice for place, notice in enumerate(metadata.repeals) if place in self.repeals),
        )


def metadata_form(
    title: Annotated[str, Form(max_length=500)] = "",
    document_number: Annotated[str, Form(max_length=100)] = "",
    issuing_authorities: Annotated[str, Form(max_length=1000)] = "",
    jurisdiction: Annotated[str, Form(max_length=100)] = "",
    signed_on: Annotated[str, Form(max_length=20)] = "",
    published_on: Annotated[str, Form(max_length=20)] = "",
    effective_on: Annotated[str, Form(max_length=20)] = "",
    expires_on: Annotated[str, Form(max_length=20)] = "",
    topics: Annotated[str, Form(max_length=500)] = "",
    source_url: Annotated[str, Form(max_length=2000)] = "",
    inferred: Annotated[str, Form(max_length=5)] = "",
    repeals: Annotated[list[int] | None, Form()] = None,
) -> MetadataForm:
    """A dependency of the routes."""
    return MetadataForm(
        title=title,
        document_number=document_number,
        issuing_authorities=issuing_authorities,
        jurisdiction=jurisdiction,
        signed_on=signed_on,
        published_on=published_on,
        effective_on=effective_on,
        expires_on=expires_on,
        topics=topics,
        source_url=source_url,
        inferred=inferred,
        repeals=tuple(repeals or ()),
    )


def _date(name: str, typed: str, faults: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        faults[name] = _BAD_DATE
        return None


def _number(typed: str) -> str | None:
    text = typed.strip()
    return (normalise_document_number(text) or text) or None


def _listed(typed: str) -> tuple[str, ...]:
    parts = typed.replace("，", "、").replace(",", "、").replace("；", "、").replace("\n", "、").split("、")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _shown(day: date | None) -> str:
    return day.isoformat() if day else ""
