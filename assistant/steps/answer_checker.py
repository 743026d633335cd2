"""The last gate: every quote stands in its source, binds on the day and in the region, and every other line is fixed wording or a field."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.models import AnswerBlock, BlockKind, Citation, DraftAnswer, Evidence, Facet, UnderstoodQuestion
from assistant.steps.guide_composer import guide_field
from knowledge_base.models import Edition, ServiceGuide, ValidityStatus
from knowledge_base.regions import RegionDirectory
from knowledge_base.validity import in_force_on


@dataclass(frozen=True, slots=True)
class AnswerChecker:
    regions: RegionDirectory

    def faults(self, draft: DraftAnswer, evidence: Evidence, question: UnderstoodQuestion) -> tuple[str, ...]:
        """What is wrong with the draft, in words for the log; empty if it may be shown."""
        editions = {(item.edition.document_id, item.edition.number): item.edition for item in evidence.accepted if item.edition}
        guides = {item.guide.id: item.guide for item in evidence.accepted if item.guide}
        citations = {citation.number: citation for citation in draft.citations}
        faults = [self._citation_fault(citation, editions, guides, question) for citation in draft.citations]
        faults += [_block_fault(block, citations, guides) for block in draft.blocks]
        if not draft.citations:
            faults.append("答复没有依据")
        return tuple(fault for fault in faults if fault)

    def _citation_fault(
        self,
        citation: Citation,
        editions: dict[tuple[str, int], Edition],
        guides: dict[str, ServiceGuide],
        question: UnderstoodQuestion,
    ) -> str:
        if question.jurisdiction and citation.jurisdiction not in self.regions.lineage(question.jurisdiction):
            return f"{citation.passage_id} 不适用于所问地区"
        if citation.edition == 0:
            return "" if citation.document_id in guides else f"{citation.passage_id} 的办事指南不在依据之中"
        edition = editions.get((citation.document_id, citation.edition))
        if edition is None:
            return f"{citation.passage_id} 不在依据之中"
        if edition.revision.text[citation.start : citation.end] != citation.quote:
            return f"{citation.passage_id} 的引文与原文不一致"
        if not in_force_on(edition, question.as_of) or citation.validity is not ValidityStatus.IN_FORCE:
            return f"{citation.passage_id} 在所问日期不是现行有效"
        return ""


def _block_fault(block: AnswerBlock, citations: dict[int, Citation], guides: dict[str, ServiceGuide]) -> str:
    if block.kind is BlockKind.WORDING:
        return ""
    citation = citations.get(block.citation or 0)
    if citation is None:
        return "有一段内容没有注明依据"
    if block.kind is BlockKind.QUOTE:
        return "" if all(line in citation.quote for line in block.lines) else f"{citation.passage_id} 的引文被改动"
    guide = guides.get(citation.document_id)
    fields = {line for facet in Facet for line in guide_field(guide, facet)} if guide else set()
    return "" if fields.issuperset(block.lines) else f"{citation.passage_id} 的内容与办事指南不一致"
