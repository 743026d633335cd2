"""Answer from the fields of a service guide, word for word. Chooses the guide and the fields; writes nothing of its own."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.models import AcceptedPassage, AnswerBlock, BlockKind, Citation, Facet, UnderstoodQuestion
from assistant.question_terms import subject_of
from assistant.quotation import Span
from assistant.rules import AnsweringRules
from assistant.steps.citations import cite_guide
from assistant.wording import Wording
from indexing.ports import Tokenizer
from knowledge_base.models import ServiceGuide

SUMMARY_FACETS = (Facet.CONDITIONS, Facet.MATERIALS, Facet.PROCESS, Facet.TIME_LIMIT, Facet.FEE, Facet.PLACE, Facet.PHONE)
"""What a guide shows, in this order, when the question names no facet."""


@dataclass(frozen=True, slots=True)
class GuideComposer:
    tokenizer: Tokenizer
    wording: Wording
    rules: AnsweringRules

    def choose(self, question: UnderstoodQuestion, evidence: tuple[AcceptedPassage, ...]) -> AcceptedPassage | None:
        """The guide that answers this question: asked for a field it has, or asked about exactly its matter; None otherwise.

        What the search puts first says more than shared words with a title, where a field is asked for or nothing comes near it.
        """
        terms = self._meanings(question)
        best = self._nearest(question, evidence) or self._best_fitting(evidence, terms)
        if best is None or best.guide is None:
            return None
        guide = best.guide
        if not any(guide_field(guide, facet) for facet in question.facets or SUMMARY_FACETS):
            return None
        asked = question.facets or self._is_whole_matter(guide, terms) or self._leads_clearly(best, evidence)
        return best if asked else None

    def _nearest(self, question: UnderstoodQuestion, evidence: tuple[AcceptedPassage, ...]) -> AcceptedPassage | None:
        first = evidence[0]
        return first if first.guide and (question.facets or self._leads_clearly(first, evidence)) else None

    def _best_fitting(self, evidence: tuple[AcceptedPassage, ...], terms: tuple[tuple[str, ...], ...]) -> AcceptedPassage | None:
        guides = [(self._fit(item.guide, terms), item) for item in evidence if item.guide]
        fitting = [pair for pair in guides if pair[0] >= self.rules.guides.min_title_coverage]
        return max(fitting, key=lambda pair: (round(pair[0], 1), pair[1].ranked.score))[1] if fitting else None

    def _leads_clearly(self, item: AcceptedPassage, evidence: tuple[AcceptedPassage, ...]) -> bool:
        provisions = max((other.ranked.score for other in evidence if other.edition), default=0.0)
        return item is evidence[0] and item.ranked.score >= provisions * self.rules.guides.clear_lead

    def compose(
        self, question: UnderstoodQuestion, item: AcceptedPassage, guide: ServiceGuide
    ) -> tuple[tuple[AnswerBlock, ...], tuple[Citation, ...]]:
        """One block and one citation per field shown."""
        shown = [facet for facet in shown_facets(question.facets) if guide_field(guide, facet)]
        blocks: list[AnswerBlock] = []
        citations: list[Citation] = []
        for facet in shown:
            lines, heading = guide_field(guide, facet), self.wording.facet_headings[facet]
            span = _locate(item.ranked.passage.text, lines)
            citations.append(cite_guide(len(citations) + 1, item, guide, self.wording.phrase("guide_provision", heading=heading), span))
            blocks.append(AnswerBlock(BlockKind.GUIDE, lines, heading, len(citations)))
        return tuple(blocks), tuple(citations)

    def next_questions(self, question: UnderstoodQuestion, guide: ServiceGuide) -> tuple[str, ...]:
        """Facets not asked yet, then the guide's usual questions; at most four."""
        open_facets = [facet for facet in self.wording.facet_questions if facet not in question.facets and guide_field(guide, facet)]
        asked = [self.wording.facet_questions[facet].format(title=guide.title) for facet in open_facets] if question.facets else []
        usual = [text for text in guide.usual_questions if text.strip() != question.standalone_text.strip()]
        return tuple(dict.fromkeys((*asked[:3], *usual)))[:4]

    def _meanings(self, question: UnderstoodQuestion) -> tuple[tuple[str, ...], ...]:
        """Each word of the subject with the official terms it stands for: one of them in a title is enough."""
        synonyms = self.tokenizer.vocabulary.synonyms if self.tokenizer.vocabulary else {}
        subject = subject_of(question.searched, self.rules)
        return tuple((word, *synonyms.get(word, ())) for word in dict.fromkeys(self.tokenizer.passage_terms(subject)))

    def _fit(self, guide: ServiceGuide, terms: tuple[tuple[str, ...], ...]) -> float:
        return _share_in(" ".join((guide.title, *guide.aliases, *guide.usual_questions)), terms)

    def _is_whole_matter(self, guide: ServiceGuide, terms: tuple[tuple[str, ...], ...]) -> bool:
        return _share_in(" ".join((guide.title, *guide.aliases)), terms) >= 0.99


def _share_in(text: str, terms: tuple[tuple[str, ...], ...]) -> float:
    """Share of the words, weighted by length, of which the text holds one form; 0.0 for no words."""
    total = sum(len(forms[0]) for forms in terms)
    return sum(len(forms[0]) for forms in terms if any(form in text for form in forms)) / total if total else 0.0


def shown_facets(asked: tuple[Facet, ...]) -> tuple[Facet, ...]:
    """「怎么办」 is asked to get the matter done: it brings conditions, materials, time limit, fee, place with the steps."""
    if not asked:
        return SUMMARY_FACETS
    if Facet.PROCESS in asked:
        return tuple(dict.fromkeys((*(facet for facet in asked if facet is not Facet.PROCESS), *SUMMARY_FACETS)))
    return asked


def guide_field(guide: ServiceGuide, facet: Facet) -> tuple[str, ...]:
    """The field's lines, word for word; empty where the guide does not state it."""
    fields: dict[Facet, tuple[str, ...]] = {
        Facet.CONDITIONS: guide.conditions,
        Facet.MATERIALS: guide.required_materials,
        Facet.PROCESS: guide.process,
        Facet.TIME_LIMIT: (guide.time_limit,),
        Facet.FEE: (guide.fee,),
        Facet.PLACE: (guide.place,),
        Facet.HOURS: (guide.hours,),
        Facet.PHONE: (guide.phone,),
        Facet.URL: (guide.url,),
        Facet.BASIS: guide.basis,
    }
    return tuple(line for line in fields[facet] if line)


def _locate(text: str, lines: tuple[str, ...]) -> Span:
    """Where the field stands in the guide's text: from its first line to its last."""
    start = text.index(lines[0])
    last = text.index(lines[-1], start)
    return Span(start, last + len(lines[-1]))
