"""A whole answer as plain text, for those who get nothing but text: what it says, what it rests on, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.models import Answer, AnswerBlock, Citation, DepartmentCard


def text_pieces(answer: Answer) -> Iterator[str]:
    """In order; joined they are the whole text. The first is the first block, and so on, the sources after them."""
    for place, block in enumerate(answer.blocks):
        yield ("\n" if place else "") + block_text(block)
    closing = tuple(_closing(answer))
    if closing:
        yield ("\n\n" if answer.blocks else "") + "\n".join(closing)


def block_text(block: AnswerBlock) -> str:
    """The heading with the number of its source, then the lines, each with those it rests on."""
    heading = block.heading + (f" [{block.citation}]" if block.citation else "")
    return "\n".join(line for line in (heading, *_lines(block)) if line)


def citation_line(citation: Citation) -> str:
    """《标题》（文号）第十条，2024-01-01起施行，现行有效"""
    number = f"（{citation.document_number}）" if citation.document_number else ""
    begins = f"，{citation.effective_on.isoformat()}起施行" if citation.effective_on else ""
    demo = "，示范内容" if citation.is_demonstration else ""
    return f"《{citation.title}》{number}{citation.provision}{begins}，{citation.validity.label}{demo}"


def department_line(department: DepartmentCard) -> str:
    return f"承办单位：{department.name}  电话：{department.phone}  时间：{department.hours}"


def _lines(block: AnswerBlock) -> Iterator[str]:
    for place, line in enumerate(block.lines):
        marks = "".join(f" [{number}]" for numbers in block.line_citations[place : place + 1] for number in numbers)
        yield f"{line}{marks}"


def _closing(answer: Answer) -> Iterator[str]:
    if answer.citations:
        yield "依据"
    yield from (f"[{citation.number}] {citation_line(citation)}" for citation in answer.citations)
    yield from (f"· {step}" for step in answer.next_steps)
    if answer.department:
        yield department_line(answer.department)
    if answer.documents_as_of:
        yield f"依据截至 {answer.documents_as_of.isoformat()} 的政策文件。"
