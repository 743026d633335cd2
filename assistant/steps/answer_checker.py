"""The last gate: every quote stands in its source, binds on the day and in the region, and every other line is fixed wording or a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.models import Answer, AnswerBlock, BlockKind, Citation, DraftAnswer, Evidence, Facet, ScreenedQuestion, UnderstoodQuestion
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

    def faults_of_parts(self, answer: Answer, question: ScreenedQuestion) -> tuple[str, ...]:
        """What went wrong in setting checked answers one below the other: a heading not asked, a number given twice or to nothing."""
        faults = [f"“{part.question}”不在原来的问题里" for part in answer.parts if part.question not in question.text]
        if sum(block.kind is BlockKind.SECTION for block in answer.blocks) < len(answer.parts):
            faults.append("有一问没有标题")
        return (*faults, *self._numbering_faults(answer))

    def faults_of_regions(self, answer: Answer, codes: Mapping[str, str]) -> tuple[str, ...]:
        """What went wrong in setting rules of several places one below the other: one below another place's heading. `codes` by heading."""
        citations = {citation.number: citation for citation in answer.citations}
        faults = list(self._numbering_faults(answer))
        lineage: tuple[str, ...] = ()
        for block in answer.blocks:
            if block.kind is BlockKind.SECTION:
                lineage = self.regions.lineage(codes[block.heading])
            elif (cited := citations.get(block.citation or 0)) and cited.jurisdiction not in lineage:
                faults.append(f"{cited.passage_id} 不适用于所列地区")
        return tuple(faults)

    def _numbering_faults(self, answer: Answer) -> tuple[str, ...]:
        faults = []
        numbers = [citation.number for citation in answer.citations]
        if numbers != list(range(1, len(numbers) + 1)):
            faults.append("依据没有连续编号")
        citations = {citation.number: citation for citation in answer.citations}
        quoted = (block for block in answer.blocks if block.kind in (BlockKind.QUOTE, BlockKind.GUIDE))
        return (*faults, *(fault for block in quoted if (fault := _quote_fault(block, citations))))

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
    if block.kind in (BlockKind.WORDING, BlockKind.SECTION):
        return ""
    citation = citations.get(block.citation or 0)
    if citation is None or block.kind is BlockKind.QUOTE:
        return _quote_fault(block, citations)
    guide = guides.get(citation.document_id)
    fields = {line for facet in Facet for line in guide_field(guide, facet)} if guide else set()
    return "" if fields.issuperset(block.lines) else f"{citation.passage_id} 的内容与办事指南不一致"


def _quote_fault(block: AnswerBlock, citations: dict[int, Citation]) -> str:
    citation = citations.get(block.citation or 0)
    if citation is None:
        return "有一段内容没有注明依据"
    is_changed = block.kind is BlockKind.QUOTE and not all(line in citation.quote for line in block.lines)
    return f"{citation.passage_id} 的引文被改动" if is_changed else ""
