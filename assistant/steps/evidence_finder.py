"""Search, then keep only what may be cited: near enough, in force on the day, binding in the region. Composes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from assistant.matter_screen import MatterScreen
from assistant.models import CHINA_TIME, AcceptedPassage, Evidence, RejectedPassage, UnderstoodQuestion
from assistant.question_terms import subject_of
from assistant.rules import AnsweringRules
from indexing.models import PassageKind, RankedPassage, SearchQuery
from indexing.ports import PassageSearcher, Tokenizer
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import Edition, ServiceGuide
from knowledge_base.ports import DocumentStore, GuideStore
from knowledge_base.validity import edition_on

# Paths that the outline gives to contents, signature and list of annexes.
_NO_RULES = frozenset({"目录", "落款", "附件清单"})
_MIXED_LIMIT = 4
_TITLE = re.compile(r"《([^《》]+)》")
EditionOf = Callable[[str], Edition | None]
"""The edition of a document that binds on the day asked about. Raises UnknownDocument."""


@dataclass(frozen=True, slots=True)
class EvidenceFinder:
    searcher: PassageSearcher
    documents: DocumentStore
    guides: GuideStore
    tokenizer: Tokenizer
    rules: AnsweringRules
    matters: MatterScreen

    def find(self, question: UnderstoodQuestion) -> Evidence:
        """Raises indexing.errors.NoSnapshot."""
        limit = self.rules.evidence.search_limit
        found = self._judged(question, limit)
        real = self._real_before_demonstration(found)
        # Demonstration passages took places that real ones may have now.
        return found if real is found else self._real_before_demonstration(self._judged(question, limit * _MIXED_LIMIT))

    def _judged(self, question: UnderstoodQuestion, limit: int) -> Evidence:
        result = self.searcher.search(SearchQuery(question.searched, question.as_of, question.jurisdiction, limit))
        terms, asked = self._content_terms(question.searched), self.matters.asked(question.searched, result.hits)
        # Several passages of one document stand or fall with the same edition of it.
        edition_of = cache(lambda document_id: edition_on(self.documents.revisions(document_id), question.as_of))
        outcomes = [
            self._judge(hit, terms, question, edition_of)
            if self.matters.speaks_of(hit.passage, asked)
            else _rejected(hit, "没有说到所问的事项")
            for hit in result.hits
        ]
        accepted = tuple(outcome for outcome in outcomes if isinstance(outcome, AcceptedPassage))
        rejected = tuple(outcome for outcome in outcomes if isinstance(outcome, RejectedPassage))
        return Evidence(accepted, rejected, result.snapshot_id, result.timings_ms)

    def near_ones(self, hits: Sequence[RankedPassage], question: str) -> list[RankedPassage]:
        """Those near enough to the question to be evidence for it, in the order given."""
        terms, asked = self._content_terms(question), self.matters.asked(question, hits)
        return [hit for hit in hits if self._near(hit, terms) and self.matters.speaks_of(hit.passage, asked)]

    def nearness(self, hit: RankedPassage) -> float:
        """One number to compare hits of different searches by: fused scores are only comparable within one search."""
        return hit.vector_score + self.rules.evidence.lexical_share * hit.lexical_score

    def _content_terms(self, text: str) -> tuple[str, ...]:
        subject = subject_of(text, self.rules) or text
        return tuple(dict.fromkeys(self.tokenizer.query_terms(subject)))

    def _near(self, hit: RankedPassage, terms: tuple[str, ...]) -> bool:
        evidence = self.rules.evidence
        if hit.vector_score < evidence.min_vector_score:
            return False
        return hit.vector_score >= evidence.strong_vector_score or coverage(terms, hit.passage.search_text) >= evidence.min_coverage

    def _judge(
        self, hit: RankedPassage, terms: tuple[str, ...], question: UnderstoodQuestion, edition_of: EditionOf
    ) -> AcceptedPassage | RejectedPassage:
        if not self._near(hit, terms):
            return _rejected(hit, "与问题不够相关")
        if hit.passage.paths and all(path.rpartition("/")[2] in _NO_RULES for path in hit.passage.paths):
            return _rejected(hit, "只是目录或者落款，没有规定内容")
        if hit.passage.kind is PassageKind.GUIDE:
            return self._judge_guide(hit, question, edition_of)
        return self._judge_policy(hit, edition_of)

    def _judge_guide(self, hit: RankedPassage, question: UnderstoodQuestion, edition_of: EditionOf) -> AcceptedPassage | RejectedPassage:
        """A guide says how things are done now; it carries no dates, so it answers for no other day."""
        guide = self.guides.get(hit.passage.document_id)
        if guide is None:
            return _rejected(hit, "办事指南已撤下")
        if question.as_of != question.screened.asked_at.astimezone(CHINA_TIME).date():
            return _rejected(hit, "办事指南只说明当前的办法，所问不是今天")
        if not self._basis_holds(guide, edition_of):
            return _rejected(hit, "办事指南所依据的文件已不是现行有效")
        return AcceptedPassage(hit, guide=guide)

    def _basis_holds(self, guide: ServiceGuide, edition_of: EditionOf) -> bool:
        """False where every document of the catalogue that it rests on has ended or not begun; what the catalogue lacks tells nothing."""
        titles = (title for line in guide.basis for title in _TITLE.findall(line))
        known = [document_id for title in titles for document_id in self.documents.find_by_title(title)]
        return not known or any(edition_of(document_id) for document_id in known)

    def _judge_policy(self, hit: RankedPassage, edition_of: EditionOf) -> AcceptedPassage | RejectedPassage:
        """The catalogue has the last word: a document repealed after the snapshot was built is not cited."""
        passage = hit.passage
        try:
            edition = edition_of(passage.document_id)
        except UnknownDocument:
            return _rejected(hit, "文件已撤下")
        if edition is None or edition.number != passage.edition:
            return _rejected(hit, "在所问日期不是现行有效的文本")
        if edition.revision.text[passage.start : passage.end] != passage.text:
            return _rejected(hit, "原文已更正，索引尚未更新")
        return AcceptedPassage(hit, edition=edition)

    def _real_before_demonstration(self, evidence: Evidence) -> Evidence:
        """Demonstration documents step back where a real one is about as near: an invented city must not answer for a real one."""
        real = [item for item in evidence.accepted if not item.is_demonstration]
        if not real or len(real) == len(evidence.accepted):
            return evidence
        nearest = max(item.ranked.vector_score for item in evidence.accepted)
        if max(item.ranked.vector_score for item in real) < nearest - self.rules.evidence.demonstration_margin:
            return evidence
        shown = [item for item in evidence.accepted if item.is_demonstration]
        stepped_back = tuple(_rejected(item.ranked, "演示文件，已有真实文件可作依据") for item in shown)
        return replace(evidence, accepted=tuple(real), rejected=evidence.rejected + stepped_back)


def _rejected(hit: RankedPassage, reason: str) -> RejectedPassage:
    return RejectedPassage(hit.passage.id, hit.score, reason, hit.vector_score, hit.lexical_score)


def coverage(terms: tuple[str, ...], text: str) -> float:
    """Share of the terms, weighted by length, that occur in the text; 0.0 for no terms."""
    total = sum(len(term) for term in terms)
    return sum(len(term) for term in terms if term in text) / total if total else 0.0
