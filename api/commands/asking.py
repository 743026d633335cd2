"""zhengwen ask: a question from the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from api.asking import ask, build_question
from api.commands.console import open_container, out, parse_day
from api.json_v1.answer_models import ChatAnswer
from api.plain_answer import citation_line, department_line
from api.rewordings import done_now
from assistant.answer_status import AnswerStatus
from assistant.models import AnswerRecord

_NOT_PROCESSED = frozenset({AnswerStatus.INDEX_NOT_READY, AnswerStatus.FAILED})


def ask_command(
    question: Annotated[str, typer.Argument(help="用日常的话提出的问题")],
    region: Annotated[str, typer.Option(help="地区名称或六位代码；不填则用设置里的地区，两者都没有则查找所有地区")] = "",
    as_of: Annotated[str, typer.Option(help="按哪一天的规定回答，例如 2026-01-31")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """提问，得到逐条注明依据的答复。"""
    container = open_container()
    asked = build_question(container, question, region=region or container.settings.region, as_of=parse_day(as_of))
    record = done_now(container, ask(container, asked))
    if as_json:
        out.print_json(ChatAnswer.of(record, container.settings.llm_provider).model_dump_json(by_alias=True))
    else:
        show_answer(record)
    if record.answer.status in _NOT_PROCESSED:
        raise typer.Exit(1)


def show_answer(record: AnswerRecord) -> None:
    answer = record.answer
    for block in answer.blocks:
        if block.heading:
            out.print(f"\n{block.heading}" + (f" [{block.citation}]" if block.citation else ""), style="bold", markup=False)
        for at, line in enumerate(block.lines):
            numbers = "".join(f" [{number}]" for numbers in block.line_citations[at : at + 1] for number in numbers)
            out.print(f"{line}{numbers}", markup=False)
    for step in answer.next_steps:
        out.print(f"· {step}", markup=False)
    if answer.citations:
        out.print("\n依据", style="bold")
    for citation in answer.citations:
        out.print(f"[{citation.number}] {citation_line(citation)}", markup=False)
    if answer.department:
        out.print(f"\n{department_line(answer.department)}", markup=False)
    if answer.documents_as_of:
        out.print(f"依据截至 {answer.documents_as_of.isoformat()} 的政策文件。", style="dim")
