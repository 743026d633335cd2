"""The outcome of a trial as a short table in Chinese."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

_STEPS = {
    "capacity": "不停地问",
    "steady": "平常，杀掉一个、重启一个",
    "postgres": "PostgreSQL 重启",
    "valkey": "Valkey 重启",
    "overload": "过载",
}
_FACTS = {
    "broken_though_begun_after_kill": "进程被杀之后才发出的请求，断开 {} 个",
    "broken_by_graceful_restart": "正常重启时断开 {} 个",
    "sent_again_by_nginx": "nginx 换一个进程重发（broken 在途断开，not_connected 没有连上）{}",
    "away_s": "停了 {} 秒",
    "recovered_s": "恢复后 {} 秒内还有没答上的",
    "first_answer_after_s": "恢复后 {} 秒有第一个新的答复",
    "late_ms": "请求比应到的时刻晚（毫秒）{}",
    "refused_by_the_process_ms": "进程自己拒绝用时（毫秒）{}",
    "undisturbed_ms": "出故障之前（毫秒）{}",
    "answers_without_record": "给出的答复里没有记录的 {} 个",
}


def show(result: dict[str, Any], console: Console) -> None:
    table = Table(title=f"故障与过载（{result['clients']} 人，{result['errands']} 件不同的事）；毫秒")
    for label in ("步骤", "问", "答", "没答上", "再问过", "不同的答复", "答复 p50 / p95", "第一次就答 p95", "拒绝 p95 / 最长", "各次结果"):
        table.add_column(label)
    for name, step in result["steps"].items():
        answered, admitted, refused = step["answered_ms"], step["admitted_ms"], step["refused_ms"]
        numbers = (step[field] for field in ("asked", "answered", "lost", "tried_again", "wrong"))
        times = (f"{answered['p50']} / {answered['p95']}", str(admitted["p95"]), f"{refused['p95']} / {refused['max']}")
        table.add_row(_STEPS[name], *map(str, numbers), *times, " ".join(f"{status}:{count}" for status, count in step["attempts"].items()))
    console.print(table)
    capacity = result["steps"]["capacity"]
    console.print(
        f"· 每秒最多答 {capacity['per_s']} 个，平常每秒问 {capacity['normal_per_s']} 个；结束时机器负载 {result['load_average']:.1f}"
    )
    for name, step in result["steps"].items():
        facts = [words.format(step[field]) for field, words in _FACTS.items() if field in step]
        console.print(f"· {_STEPS[name]}：{'；'.join(facts)}。")
