"""Compose a draft: a guide's fields where they are asked for, otherwise the best sentences of the best provisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer_status import AnswerStatus
from assistant.departments import DepartmentFinder
from assistant.models import AcceptedPassage, AnswerBlock, BlockKind, Citation, DepartmentCard, DraftAnswer, Evidence, UnderstoodQuestion
from assistant.question_terms import subject_of
from assistant.rules import AnsweringRules
from assistant.steps.citations import cite_policy
from assistant.steps.conflict_finder import Conflict, ConflictFinder, QuotedText
from assistant.steps.guide_composer import GuideComposer
from assistant.steps.quote_selector import Quote, QuoteSelector
from assistant.wording import Wording
from indexing.ports import Tokenizer
from knowledge_base.authority_rank import authority_rank
from knowledge_base.models import NATION_CODE, ServiceGuide

_ABOUT_EQUAL = 0.8


@dataclass(frozen=True, slots=True)
class ExtractiveComposer:
    tokenizer: Tokenizer
    departments: DepartmentFinder
    guide_composer: GuideComposer
    selector: QuoteSelector
    conflicts: ConflictFinder
    wording: Wording
    rules: AnsweringRules

    def compose(self, question: UnderstoodQuestion, evidence: Evidence) -> DraftAnswer:
        """`evidence.accepted` holds at least one passage."""
        chosen = self.guide_composer.choose(question, evidence.accepted)
        if chosen and chosen.guide:
            return self._from_guide(question, evidence, chosen, chosen.guide)
        return self._from_provisions(question, evidence)

    def compose_about(self, question: UnderstoodQuestion, evidence: Evidence, item: AcceptedPassage) -> DraftAnswer:
        """About the guide or policy of `item`, one of `evidence.accepted`, even where another is nearer: a person chose it."""
        if item.guide:
            return self._from_guide(question, evidence, item, item.guide)
        chosen = item.ranked.passage.document_id
        own = tuple(other for other in evidence.accepted if other.ranked.passage.document_id == chosen)
        return self._from_provisions(question, replace(evidence, accepted=own))

    def _from_guide(self, question: UnderstoodQuestion, evidence: Evidence, item: AcceptedPassage, guide: ServiceGuide) -> DraftAnswer:
        blocks, citations = self.guide_composer.compose(question, item, guide)
        rules = self.rules.guides
        shown = rules.related_provisions if question.facets else rules.related_to_no_field
        related = self._quotes(question, _resting_on(guide, evidence))[:shown]
        quoted, quote_citations = self._quote_blocks(question, related, len(citations))
        lead = AnswerBlock(BlockKind.WORDING, self.wording.reply(AnswerStatus.ANSWERED_FROM_GUIDE, title=guide.title))
        heading = (AnswerBlock(BlockKind.WORDING, (self.wording.phrase("related_provisions"),)),) if quoted else ()
        return DraftAnswer(
            status=AnswerStatus.ANSWERED_FROM_GUIDE,
            subjects=(guide.title,),
            blocks=(lead, *blocks, *heading, *quoted),
            citations=citations + quote_citations,
            department=self.departments.by_id(guide.department_id),
            next_questions=self.guide_composer.next_questions(question, guide),
        )

    def _from_provisions(self, question: UnderstoodQuestion, evidence: Evidence) -> DraftAnswer:
        quotes = self._quotes(question, evidence)
        if not quotes:
            return self._from_nearest_guide(question, evidence)
        quotes, conflict = self._with_opposed(quotes, question, evidence)
        blocks, citations = self._quote_blocks(question, quotes, 0)
        department = self._department(question, evidence, citations)
        noted = (self._conflict_note(conflict, quotes, department),) if conflict else ()
        guide = next((item.guide for item in evidence.accepted if item.guide), None)
        return DraftAnswer(
            status=AnswerStatus.ANSWERED,
            subjects=tuple(dict.fromkeys(citation.title for citation in citations)),
            blocks=(
                AnswerBlock(BlockKind.WORDING, self.wording.reply(AnswerStatus.ANSWERED, "here" if question.jurisdiction else "anywhere")),
                *noted,
                *blocks,
            ),
            citations=citations,
            department=department,
            next_questions=self.guide_composer.next_questions(replace(question, facets=()), guide) if guide else (),
        )

    def _with_opposed(
        self, quotes: tuple[Quote, ...], question: UnderstoodQuestion, evidence: Evidence
    ) -> tuple[tuple[Quote, ...], Conflict | None]:
        """Where another text in force differs from the best one both are quoted, in order of precedence, wherever the search put them."""
        shown = {quote.source.ranked.passage.document_id for quote in quotes}
        policies = self._of_one_region([item for item in evidence.accepted if item.edition])
        others = [self.selector.whole(item) for item in policies if item.ranked.passage.document_id not in shown]
        known = (*quotes, *others[: self.rules.quoting.candidate_passages])
        conflict = self.conflicts.find(_texts(known), self._subject_terms(question))
        if conflict is None:
            return quotes, None
        pair = (known[conflict.first], known[conflict.second])
        return (*pair, *(quote for quote in quotes if quote not in pair)), replace(conflict, first=0, second=1)

    def _conflict_note(self, conflict: Conflict, quotes: tuple[Quote, ...], department: DepartmentCard) -> AnswerBlock:
        title, other = (quotes[place].source.ranked.passage.title for place in (conflict.first, conflict.second))
        line = self.wording.phrase(f"conflict_{conflict.precedence}", title=title, other_title=other, department=department.name)
        return AnswerBlock(BlockKind.WORDING, (line,))

    def _department(self, question: UnderstoodQuestion, evidence: Evidence, citations: tuple[Citation, ...]) -> DepartmentCard:
        """Who issued what is cited; else who runs the service that rests on it; else whose duties come nearest."""
        authorities = tuple(name for citation in citations for name in citation.issuing_authorities)
        issuer = self.departments.by_authority(authorities)
        if issuer:
            return issuer
        guides = (item.guide for item in evidence.accepted if item.guide)
        resting = (guide for guide in guides if any(citation.title in basis for citation in citations for basis in guide.basis))
        run_by = (self.departments.by_id(guide.department_id) for guide in resting)
        return next((card for card in run_by if card), None) or self.departments.likely(question.standalone_text, question.jurisdiction)

    def _from_nearest_guide(self, question: UnderstoodQuestion, evidence: Evidence) -> DraftAnswer:
        """Only guides were found: the nearest one is shown whole."""
        item = next(item for item in evidence.accepted if item.guide)
        if item.guide is None:
            raise AssertionError("next() above only yields guides")
        return self._from_guide(question, replace(evidence, accepted=(item,)), item, item.guide)

    def _quotes(self, question: UnderstoodQuestion, evidence: Evidence) -> tuple[Quote, ...]:
        policies = self._of_one_region([item for item in evidence.accepted if item.edition])
        subject = self._subject_terms(question)
        asked = tuple(word for facet in question.facets for word in self.rules.facet_words[facet])
        return _higher_authority_first(self.selector.select(subject, policies, asked))

    def _subject_terms(self, question: UnderstoodQuestion) -> Sequence[str]:
        return self.tokenizer.query_terms(subject_of(question.searched, self.rules) or question.searched)

    def _quote_blocks(
        self, question: UnderstoodQuestion, quotes: tuple[Quote, ...], numbered_to: int
    ) -> tuple[tuple[AnswerBlock, ...], tuple[Citation, ...]]:
        blocks: list[AnswerBlock] = []
        citations: list[Citation] = []
        cited = ((quote, edition, span) for quote in quotes if (edition := quote.source.edition) for span in quote.spans)
        for number, (quote, edition, span) in enumerate(cited, start=numbered_to + 1):
            citation = cite_policy(number, quote.source, edition, span, question.as_of)
            citations.append(citation)
            blocks.append(AnswerBlock(BlockKind.QUOTE, _lines(citation.quote), self._heading(citation, question), number))
            if quote.items and span is quote.spans[-1]:
                blocks.append(AnswerBlock(BlockKind.WORDING, (self.wording.phrase("list_cut", items=str(quote.items)),)))
        return tuple(blocks), tuple(citations)

    def _of_one_region(self, policies: list[AcceptedPassage]) -> list[AcceptedPassage]:
        """Rules of two places are never read together: only what binds in the region of the best one, or above or below it."""
        if not policies:
            return policies
        best, lineage = policies[0].ranked.passage.jurisdiction, self.departments.regions.lineage
        return [item for item in policies if (code := item.ranked.passage.jurisdiction) in lineage(best) or best in lineage(code)]

    def _heading(self, citation: Citation, question: UnderstoodQuestion) -> str:
        """Where the person named no region, every rule says where it binds."""
        heading = citation_heading(citation)
        if question.jurisdiction is not None or citation.jurisdiction == NATION_CODE:
            return heading
        return heading + self.wording.phrase("binds_in", region=self.departments.regions.full_name(citation.jurisdiction))


def _resting_on(guide: ServiceGuide, evidence: Evidence) -> Evidence:
    """Only documents the guide names as its basis, where any of them is among the evidence."""
    named = tuple(item for item in evidence.accepted if item.edition and any(item.ranked.passage.title in basis for basis in guide.basis))
    return replace(evidence, accepted=named) if named else evidence


def _higher_authority_first(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
    """Of documents about equally near, the one made by the higher authority is read first (上位法优先)."""
    if not quotes:
        return quotes
    equally_near = [quote for quote in quotes if quote.score >= quotes[0].score * _ABOUT_EQUAL]
    equally_near.sort(key=_rank)
    return (*equally_near, *(quote for quote in quotes if quote not in equally_near))


def _texts(quotes: tuple[Quote, ...]) -> list[QuotedText]:
    sources = ((quote, quote.source.edition) for quote in quotes)
    return [
        QuotedText(edition, "\n".join(edition.revision.text[span.start : span.end] for span in quote.spans))
        for quote, edition in sources
        if edition
    ]


def _rank(quote: Quote) -> int:
    edition = quote.source.edition
    return authority_rank(edition.revision.metadata) if edition else 0


def citation_heading(citation: Citation) -> str:
    """《标题》（文号）第十条第二款"""
    number = f"（{citation.document_number}）" if citation.document_number else ""
    return f"《{citation.title}》{number}{citation.provision}"


def _lines(quote: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in quote.splitlines() if line.strip())
