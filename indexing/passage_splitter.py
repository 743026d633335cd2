"""Cut editions and service guides into passages: small enough to embed and to quote, named by their place in the outline."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

from indexing.models import Passage, PassageKind
from indexing.provision_spans import ProvisionSpan, provision_spans
from indexing.tuning import PassageTuning, default_tuning
from knowledge_base.models import Edition, ServiceGuide
from knowledge_base.validity import first_shown_day

_WHITE_SPACE = re.compile(r"\s+")
_WHOLE_TEXT = "全文"
# Where a passage stands is no part of it: an article inserted above must not count as a change of all below.
_DIGESTED = tuple(field.name for field in fields(Passage) if field.name not in ("digest", "start", "end"))
_GUIDE_FIELDS = (
    ("办理条件", "conditions"),
    ("申请材料", "required_materials"),
    ("办理流程", "process"),
    ("办理时限", "time_limit"),
    ("收费标准", "fee"),
    ("办理地点", "place"),
    ("办理时间", "hours"),
    ("咨询电话", "phone"),
    ("网上办理", "url"),
    ("办理依据", "basis"),
)


def split_edition(edition: Edition, tuning: PassageTuning | None = None) -> tuple[Passage, ...]:
    """Passages of one edition, in source order, without overlap; every character but white space and pure headings is in one of them.

    Ids depend on the path in the outline alone. `tuning` None means the shipped sizes.
    """
    sizes = tuning or default_tuning().passages
    source = edition.revision.text
    spans = provision_spans(edition.revision.outline, source, sizes)
    return tuple(
        _edition_passage(edition, span, passage_id, sizes) for span, passage_id in zip(spans, _passage_ids(edition, spans), strict=True)
    )


def guide_passage(guide: ServiceGuide, tuning: PassageTuning | None = None) -> Passage:
    """The one passage of a guide. `text` is every filled field as a labelled line; aliases and usual questions are for finding only."""
    sizes = tuning or default_tuning().passages
    text = "\n".join(f"{label}：{value}" for label, value in guide_lines(guide))
    finding = "\n".join([*guide.aliases, *guide.usual_questions, text])
    return _with_digest(
        Passage(
            id=f"{guide.id}.e0#guide",
            kind=PassageKind.GUIDE,
            document_id=guide.id,
            edition=0,
            title=guide.title,
            heading_path=(guide.topic,) if guide.topic else (),
            paths=(),
            citation="办事指南",
            text=text,
            start=0,
            end=len(text),
            search_text=sizes.search_text.format(title=guide.title, headings=guide.topic, text=finding).strip(),
            jurisdiction=guide.jurisdiction,
            effective_on=date.min,
            ends_on=None,
            digest="",
        )
    )


def text_digest(search_text: str) -> str:
    """32 hex digits over what is embedded and tokenised: the key under which a vector is kept."""
    return hashlib.blake2b(search_text.encode(), digest_size=16).hexdigest()


def guide_lines(guide: ServiceGuide) -> Iterator[tuple[str, str]]:
    """(label, words) of every filled field, in the order of a printed guide; several entries are joined by ；."""
    for label, name in _GUIDE_FIELDS:
        value = getattr(guide, name)
        words = value if isinstance(value, str) else "；".join(value)
        if words:
            yield label, words


def _passage_ids(edition: Edition, spans: tuple[ProvisionSpan, ...]) -> Iterator[str]:
    # The outline numbers a path met again in the same way ("二、~2"), so a later piece must not take such a name.
    taken = {node.path for node in edition.revision.outline.walk()}
    pieces: Counter[str] = Counter()
    for span in spans:
        path = name = span.anchor or _WHOLE_TEXT
        pieces[path] += 1
        while pieces[path] > 1 and (name := f"{path}~{pieces[path]}") in taken:
            pieces[path] += 1
        yield f"{edition.document_id}.e{edition.number}#{name}"


def _edition_passage(edition: Edition, span: ProvisionSpan, passage_id: str, sizes: PassageTuning) -> Passage:
    metadata = edition.revision.metadata
    text = edition.revision.text[span.start : span.end]
    return _with_digest(
        Passage(
            id=passage_id,
            kind=PassageKind.POLICY,
            document_id=edition.document_id,
            edition=edition.number,
            title=metadata.title,
            heading_path=span.headings,
            paths=tuple(node.path for node in span.nodes),
            citation=_citation(span),
            text=text,
            start=span.start,
            end=span.end,
            search_text=_search_text(sizes, metadata.title, span.headings, text),
            jurisdiction=metadata.jurisdiction,
            # Search must not find it earlier; what is cited states the day of taking effect from the catalogue.
            effective_on=first_shown_day(edition.revision, edition.effective_on),
            ends_on=edition.ends_on,
            digest="",
        )
    )


def _citation(span: ProvisionSpan) -> str:
    first, last = span.nodes[0], span.nodes[-1]
    if first.end >= last.end or not last.citation:
        return first.citation
    return f"{first.citation}至{last.citation}" if first.citation else last.citation


def _search_text(sizes: PassageTuning, title: str, headings: tuple[str, ...], text: str) -> str:
    squeezed = _WHITE_SPACE.sub("", text)
    # A heading or title that the text opens with would count twice.
    new = [heading for heading in headings if not squeezed.startswith(_WHITE_SPACE.sub("", heading))]
    shown_title = "" if squeezed.startswith(_WHITE_SPACE.sub("", title)) else title
    return sizes.search_text.format(title=shown_title, headings=" ".join(new), text=text).strip()


def _with_digest(passage: Passage) -> Passage:
    content = json.dumps([getattr(passage, name) for name in _DIGESTED], ensure_ascii=False, default=str)
    return replace(passage, digest=text_digest(content))
