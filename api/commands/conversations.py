"""zhengwen conversations and zhengwen replay: an old answer as it was given, and conversations deleted on request."""

from __future__ import annotations

from typing import Annotated

import typer

from api.commands.asking import show_answer
from api.commands.console import CommandFailed, command_actor, open_container, out, print_rows
from api.forgetting import forget_conversation
from api.replay import Replay, replay
from assistant.models import CHINA_TIME

app = typer.Typer(help="对话：按要求删除。", no_args_is_help=True)


@app.command()
def delete(
    id_: Annotated[str, typer.Argument(metavar="ID", help="对话编号，或者其中一条答复的编号")],
    reason: Annotated[str, typer.Option(help="原因，记入操作记录，例如“当事人要求”")],
) -> None:
    """删除一次对话：答复、评价和人工对话的文字，不能恢复；已经登记的工单不受影响。"""
    if not reason.strip():
        raise CommandFailed("请写明原因，例如 --reason 当事人要求。")
    conversation_id, forgotten = forget_conversation(open_container(), id_, command_actor(), reason)
    out.print(f"已删除对话 {conversation_id}：{forgotten}。此前的备份里还有，按备份的保留期到期清除。", markup=False)


def replay_command(answer_id: Annotated[str, typer.Argument(help="答复编号")]) -> None:
    """重放一条旧答复：当时的问题、检索结果、得分、用语和答复；索引快照还在时重做检索并比较。"""
    container = open_container()
    record = container.conversations.get(answer_id.strip())
    if record is None:
        raise CommandFailed(f"没有编号为“{answer_id}”的答复。请核对编号；超过保存期限的已经删除。")
    played = replay(container, record)
    question = record.question
    place = container.place_name(record.search.jurisdiction if record.search else question.jurisdiction)
    out.print(f"问题：{question.text}", markup=False)
    out.print(f"理解为：{record.standalone_text}", markup=False)
    day = (record.search.as_of if record.search else question.as_of).isoformat()
    out.print(f"地区：{place}　按 {day} 的规定　提问于 {question.asked_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}", markup=False)
    if record.intent:
        out.print(f"意图：{record.intent.act.label}（{record.intent.act_confidence:.2f}）", markup=False)
    out.print(f"结果：{record.answer.status.label}", markup=False)
    show_answer(record)
    _show_search(played)


def _show_search(played: Replay) -> None:
    record = played.record
    out.print(f"\n索引快照：{record.snapshot_id or '（没有检索）'}　向量模型：{record.embedder_fingerprint}", markup=False)
    for label, then, now in played.versions:
        out.print(f"{label}：{then[:16]}{'（现在不同）' if now and now != then else ''}", markup=False)
    if record.search:
        again = {passage.passage_id: f"{passage.score:.4f}" for passage in played.again}
        headings = ("段落", "综合", "语义", "关键词", "取舍", "重做")
        rows = [
            (
                passage.passage_id,
                f"{passage.score:.4f}",
                f"{passage.vector_score:.4f}",
                f"{passage.lexical_score:.2f}",
                passage.fate or "可引用",
                again.get(passage.passage_id, "没有" if again else "—"),
            )
            for passage in record.search.ranked
        ]
        print_rows(headings, rows)
    out.print(played.repetition.value, markup=False)
