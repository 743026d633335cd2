"""Judge one answer by its label. Pure: an answer, an expectation and the catalogue go in, what was right and wrong comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from assistant.answer_status import AnswerStatus
from assistant.models import Answer, Citation, Facet
from evaluation.golden_set import ANSWERED, Expectation
from evaluation.invented_values import InventedValue, invented_in
from evaluation.source_book import SourceBook

_NOT_ASKED = (AnswerStatus.FAILED, AnswerStatus.INDEX_NOT_READY)
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, where and when: `texts` of the conversation so far, the question itself last."""

    texts: tuple[str, ...]
    region: str | None
    as_of: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """`cited` are "document#path"; None: the label says nothing of it, or the answer gave no occasion for it.

    `forbidden` and `not_binding` are documents cited that must not be, `invented` what no source says: all three must be empty.
    """

    status: AnswerStatus
    cited: tuple[str, ...]
    status_right: bool
    provision_right: bool | None
    document_right: bool | None
    department_right: bool | None
    facets_shown: bool | None
    forbidden: tuple[str, ...]
    not_binding: tuple[str, ...]
    invented: tuple[InventedValue, ...]

    @property
    def asked(self) -> bool:
        return self.status not in _NOT_ASKED

    @property
    def answered(self) -> bool:
        return self.status in ANSWERED

    @property
    def unsafe(self) -> bool:
        return bool(self.forbidden or self.not_binding or self.invented)

    @property
    def right(self) -> bool:
        """Ends as labelled and, where it answers, on the right provision; never on a wrong one."""
        return self.status_right and self.provision_right is not False and not self.unsafe


def judge(answer: Answer, expected: Expectation, asked: Asked, sources: SourceBook, headings: Mapping[Facet, str]) -> Verdict:
    """`headings` are the words under which fields of a guide are shown."""
    answered = answer.status in ANSWERED
    labelled = answered and expected.may_answer and bool(expected.provisions or expected.guides)
    cited = tuple(dict.fromkeys(citation.document_id for citation in answer.citations))
    return Verdict(
        status=answer.status,
        cited=tuple(dict.fromkeys(map(cited_path, answer.citations))),
        status_right=answer.status in expected.statuses,
        provision_right=_cites_provision(answer.citations, expected, sources) if labelled else None,
        document_right=_cites_document(cited, expected) if labelled else None,
        department_right=_names_department(answer, expected.department),
        facets_shown=_shows(answer, expected.facets, headings),
        forbidden=tuple(document for document in cited if document in expected.must_not_cite),
        not_binding=_not_binding(answer.citations, asked, sources),
        invented=invented_in(answer, "\n".join(asked.texts), sources),
    )


def cited_path(citation: Citation) -> str:
    """As labels are written: "sf-juzhuzheng-2024#第三章/第十条"; the bare id for a guide."""
    path = unquote(citation.link.partition("#")[2])
    return f"{citation.document_id}#{path}" if path else citation.document_id


def _cites_provision(citations: Sequence[Citation], expected: Expectation, sources: SourceBook) -> bool:
    if any(citation.edition == 0 and citation.document_id in expected.guides for citation in citations):
        return True
    labels = [label.partition("#") for label in expected.provisions]
    return any(
        citation.document_id == document and _is_within(citation, path, sources) for citation in citations for document, _, path in labels
    )


def _is_within(citation: Citation, path: str, sources: SourceBook) -> bool:
    """The quote stands inside the provision or holds it: at least half of the shorter of the two is in the other."""
    provision, edition = sources.provision(citation, path), sources.edition(citation)
    if provision is None or edition is None:
        return False
    text = provision.text(edition.revision.text)
    start = provision.start + len(text) - len(text.lstrip())
    end = start + len(text.strip())
    common = min(end, citation.end) - max(start, citation.start)
    return common > 0 and common >= min(end - start, citation.end - citation.start) * _MOSTLY


def _cites_document(cited: Sequence[str], expected: Expectation) -> bool:
    wanted = {label.partition("#")[0] for label in expected.provisions} | set(expected.guides)
    return any(document in wanted for document in cited)


def _names_department(answer: Answer, wanted: str) -> bool | None:
    if not wanted:
        return None
    return answer.department is not None and answer.department.id == wanted


def _shows(answer: Answer, wanted: Sequence[Facet], headings: Mapping[Facet, str]) -> bool | None:
    """Only a guide has fields with names of their own."""
    if not wanted or answer.status is not AnswerStatus.ANSWERED_FROM_GUIDE:
        return None
    shown = {block.heading for block in answer.blocks}
    return all(headings[facet] in shown for facet in wanted)


def _not_binding(citations: Sequence[Citation], asked: Asked, sources: SourceBook) -> tuple[str, ...]:
    """Cited though not in force on the day, or binding in none of the places the person lives in or has named."""
    named = [region.code for text in asked.texts for region in sources.regions.find_in_text(text)]
    places = {code for own in (asked.region, *named) if own for code in sources.regions.lineage(own)}
    wrong = [each for each in citations if not sources.binds(each, asked.as_of) or (asked.region and each.jurisdiction not in places)]
    return tuple(dict.fromkeys(citation.document_id for citation in wrong))
