"""Say why nothing may be cited: another region's rule, a text no longer or not yet in force, or no rule at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answer_status import AnswerStatus
from assistant.departments import DepartmentFinder
from assistant.intents import more_than_words
from assistant.models import Answer, DepartmentCard, Evidence, UnderstoodQuestion
from assistant.steps.evidence_finder import EvidenceFinder
from assistant.wording import Wording
from indexing.models import PassageKind, RankedPassage, SearchQuery
from indexing.ports import PassageSearcher
from knowledge_base.errors import UnknownDocument
from knowledge_base.models import Edition, RegionLevel, ValidityStatus
from knowledge_base.ports import DocumentStore
from knowledge_base.regions import RegionDirectory
from knowledge_base.validity import document_status, edition_on, edition_status, editions

_OFFERED = 6


@dataclass(frozen=True, slots=True)
class AbsenceExplainer:
    searcher: PassageSearcher
    finder: EvidenceFinder
    documents: DocumentStore
    departments: DepartmentFinder
    regions: RegionDirectory
    wording: Wording

    def explain(self, question: UnderstoodQuestion, evidence: Evidence) -> Answer | None:
        """An answer made of fixed wording, or None where the evidence found is the nearest there is and should be used."""
        best = max((self.finder.nearness(item.ranked) for item in evidence.accepted), default=0.0)
        bar = best + self.finder.rules.evidence.absence_margin
        nearer = [hit for hit in self._anywhere_any_day(question) if self.finder.nearness(hit) > bar]
        if evidence.accepted:
            nearer = [hit for hit in nearer if self._casts_doubt(hit, question, evidence)]
        explained = self._other_region(question, nearer) or self._not_in_force(question, nearer)
        return explained or (None if evidence.accepted else self.no_evidence(question, self._department(question)))

    def _anywhere_any_day(self, question: UnderstoodQuestion) -> list[RankedPassage]:
        hits = self.searcher.search(SearchQuery(question.searched, limit=self.finder.rules.evidence.search_limit)).hits
        return self.finder.near_ones(hits, question.searched)

    def _other_region(self, question: UnderstoodQuestion, hits: list[RankedPassage]) -> Answer | None:
        if question.jurisdiction is None:
            return None
        lineage = self.regions.lineage(question.jurisdiction)
        # What is nearest stands in the own region: it has ended or not begun, and the place is not what is wrong.
        if max(hits, key=self.finder.nearness, default=None) in [hit for hit in hits if hit.passage.jurisdiction in lineage]:
            return None
        codes = [hit.passage.jurisdiction for hit in hits if hit.passage.jurisdiction not in lineage and self._binds(hit, question.as_of)]
        codes = list(dict.fromkeys(codes))
        below = [code for code in codes if question.jurisdiction in self.regions.lineage(code)]
        if len(below) > 1:
            return self._which_district(question, below)
        return self._only_elsewhere(question, codes[0]) if codes else None

    def _casts_doubt(self, hit: RankedPassage, question: UnderstoodQuestion, evidence: Evidence) -> bool:
        """Far away there is always some rule a little nearer, and an old text is often as near as the one that replaced it.

        Only a rule next door, of a narrower region than all the evidence or much nearer by a title that is asked for, or a text no
        evidence replaces, makes the evidence doubtful.
        """
        if not self._next_door(hit.passage.jurisdiction, question.jurisdiction):
            return False
        if self._binds(hit, question.as_of):
            best = max(self.finder.nearness(item.ranked) for item in evidence.accepted)
            if self.finder.nearness(hit) > best + self.finder.rules.evidence.certain_margin and self._names_more(hit, question, evidence):
                return True
            level = self.regions.get(hit.passage.jurisdiction).level
            near = best - self.finder.rules.evidence.absence_margin
            rivals = [item.ranked.passage for item in evidence.accepted if self.finder.nearness(item.ranked) >= near]
            return all(self.regions.get(passage.jurisdiction).level is not level for passage in rivals)
        edition = self._edition(hit)
        return edition is not None and not any(self._replaces(edition, item.edition) for item in evidence.accepted if item.edition)

    def _names_more(self, hit: RankedPassage, question: UnderstoodQuestion, evidence: Evidence) -> bool:
        """True if its title holds much of the question that no title of the evidence holds."""
        named_in = self.finder.matters.named_in_heading
        known = {word for item in evidence.accepted for word in named_in(question.searched, item.ranked.passage)}
        asked = named_in(question.searched, hit.passage)
        return sum(map(len, asked)) > 2 * sum(map(len, asked & known))

    def _replaces(self, one: Edition, other: Edition) -> bool:
        """True if either document ends the other, or both are texts of the same document or of the same title."""
        if one.document_id == other.document_id or one.revision.metadata.title == other.revision.metadata.title:
            return True
        ended_by = {edition.document_id: self.documents.latest(edition.document_id).repealed_by for edition in (one, other)}
        return ended_by[one.document_id] == other.document_id or ended_by[other.document_id] == one.document_id

    def _next_door(self, code: str, own: str | None) -> bool:
        """True for the own city, its districts, whatever stands above them, and whatever lies below the own region."""
        if own is None or own in self.regions.lineage(code):
            return True
        lineage = self.regions.lineage(own)
        cities = [region for region in lineage if self.regions.get(region).level is RegionLevel.CITY]
        return code in lineage or any(city in self.regions.lineage(code) for city in cities)

    def _which_district(self, question: UnderstoodQuestion, codes: list[str]) -> Answer:
        names = [self.regions.get(code).name for code in codes]
        asked = tuple(named_question(self.regions, code, question.standalone_text) for code in codes)
        answer = self.wording.answer(
            AnswerStatus.NEEDS_DETAIL, "region", department=self._department(question), districts="、".join(names), example=asked[0]
        )
        return replace(answer, next_questions=asked[:_OFFERED])

    def asked_back(self, question: UnderstoodQuestion, codes: Sequence[str]) -> Answer:
        """The question back to somebody who named no place, with the places to choose from; what holds in each is added by the caller."""
        asked = tuple(named_question(self.regions, code, question.standalone_text) for code in codes)
        is_district = all(self.regions.get(code).level is RegionLevel.COUNTY for code in codes)
        answer = self.wording.answer(
            AnswerStatus.NEEDS_DETAIL,
            "apart",
            department=self._department(question),
            kind="区" if is_district else "地区",
            example=asked[0],
        )
        return replace(answer, next_questions=asked[:_OFFERED])

    def _only_elsewhere(self, question: UnderstoodQuestion, code: str) -> Answer:
        return self.wording.answer(
            AnswerStatus.OUT_OF_REGION,
            department=self._department(question),
            other_region=self.regions.full_name(code),
            region=self.regions.full_name(question.jurisdiction or code),
        )

    def _not_in_force(self, question: UnderstoodQuestion, hits: list[RankedPassage]) -> Answer | None:
        lineage = self.regions.lineage(question.jurisdiction) if question.jurisdiction else None
        for hit in hits:
            edition = self._edition(hit)
            if edition is None or (lineage and hit.passage.jurisdiction not in lineage) or self._binds(hit, question.as_of):
                continue
            return self._status_answer(question, edition)
        return None

    def _status_answer(self, question: UnderstoodQuestion, edition: Edition) -> Answer:
        status = edition_status(edition, question.as_of)
        if status is ValidityStatus.AMENDED:
            status = document_status(self.documents.revisions(edition.document_id), question.as_of)
            status = ValidityStatus.AMENDED if status is ValidityStatus.IN_FORCE else status
        answer = self.wording.answer(
            AnswerStatus.NOT_IN_FORCE,
            str(status),
            department=self._department(question),
            title=edition.revision.metadata.title,
            ends_on=chinese_date(edition.ends_on),
            effective_on=chinese_date(edition.effective_on),
        )
        return replace(answer, documents_as_of=question.as_of)

    def no_evidence(self, question: UnderstoodQuestion, department: DepartmentCard) -> Answer:
        """Nothing was found, or nothing that belongs to it; `department` is whom to turn to."""
        kind = more_than_words(question.intent)
        if kind is None:
            return self.wording.answer(AnswerStatus.NO_EVIDENCE, "question", department=department)
        return self.wording.answer(AnswerStatus.NO_EVIDENCE, "request", department=department, kind=kind.label)

    def _department(self, question: UnderstoodQuestion) -> DepartmentCard:
        return self.departments.likely(question.standalone_text, question.jurisdiction)

    def _binds(self, hit: RankedPassage, day: date) -> bool:
        """By the catalogue, not by the snapshot."""
        if hit.passage.kind is PassageKind.GUIDE:
            return True
        try:
            edition = edition_on(self.documents.revisions(hit.passage.document_id), day)
        except UnknownDocument:
            return False
        return edition is not None and edition.number == hit.passage.edition

    def _edition(self, hit: RankedPassage) -> Edition | None:
        if hit.passage.kind is PassageKind.GUIDE:
            return None
        try:
            known = editions(self.documents.revisions(hit.passage.document_id))
        except UnknownDocument:
            return None
        return next((edition for edition in known if edition.number == hit.passage.edition), None)


def chinese_date(day: date | None) -> str:
    """2026年3月1日; "" for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def named_question(regions: RegionDirectory, code: str, question: str) -> str:
    """The question with the region named so that it is recognised: by its own name where no other place bears it."""
    region = regions.get(code)
    named = f"{region.name}{question}"
    return named if regions.find_in_text(named)[:1] == (region,) else f"{regions.full_name(code)}{question}"
