"""The table of machines in capacity.md, worked out of capacity.toml: `python deploy/capacity.py` shows it, `--write` puts it there."""

from __future__ import annotations

import re
import sys
import tomllib
from math import ceil
from pathlib import Path

FOLDER = Path(__file__).parent
_BLOCK = re.compile(r"(?<=<!-- plans:begin -->\n).*?(?=<!-- plans:end -->)", re.DOTALL)
_ROWS = (
    "段落",
    "高峰，每秒问题",
    "平均，每天问题",
    "服务：核",
    "服务：进程",
    "服务：内存",
    "向量服务：核",
    "数据库：分片",
    "数据库：核",
    "数据库：内存（不含词元的向量）",
    "数据库：磁盘",
    "本机快照和缓存：磁盘",
    "对话记录：磁盘",
    "第一次建索引：核时",
)


def plans() -> dict[str, tuple[str, ...]]:
    """By name, one text for each of the rows."""
    numbers = tomllib.loads((FOLDER / "capacity.toml").read_text(encoding="utf-8"))
    return {plan["name"]: _plan(numbers["cost"], numbers["assumed"], plan) for plan in numbers["plans"]}


def _plan(cost: dict[str, float], assumed: dict[str, float], plan: dict[str, float]) -> tuple[str, ...]:
    passages, peak, local = plan["passages"], plan["peak_per_s"], plan["engine"] == "local"
    fresh = peak * assumed["fresh"]
    daily = peak / assumed["peak_to_mean"] * 8 * 3600

    def cores(ms_per_s: float) -> float:
        return ms_per_s / 1000 / assumed["busy"]

    elsewhere = 0.0 if local else cost["vectors_ms"] + cost["local_searches_ms"]
    service = cores(fresh * (cost["answer_ms"] - elsewhere) + (peak - fresh) * cost["repeated_ms"])
    processes = max(2, ceil(service))
    shards = 0 if local else max(1, ceil(passages / assumed["passages_per_shard"]))
    search = cost["engine_search_ms" if passages <= cost["engine_large_from"] else "engine_large_ms"] + cost["engine_graph_ms"] * shards
    database = cores(fresh * cost["searches"] * search)
    kept = (cost["snapshot_kb"] + cost["tokens_kb"]) * 4 if local else 0
    return (
        f"{passages:,}",
        f"{peak:,}",
        f"{daily:,.0f}",
        _cores(service),
        str(processes),
        _size(processes * (cost["process_mb"] if local else cost["small_process_mb"]) * 1e3),
        "–" if local else _cores(cores(fresh * cost["vectors_ms"])),
        str(shards or "–"),
        "–" if local else _cores(database),
        "–" if local else _size(passages * cost["engine_kb"]),
        "–" if local else _size(passages * (cost["engine_kb"] + cost["tokens_kb"]) * 1.5),
        _size(passages * (kept + cost["cache_kb"] + cost["tokens_kb"])),
        _size(daily * assumed["retention_days"] * cost["record_kb"]),
        f"{passages * (1 / cost['vectors_per_s'] + cost['writing_ms'] / 1000) / 3600:,.1f}",
    )


def _cores(cores: float) -> str:
    return f"{cores:,.1f}" if cores < 10 else f"{cores:,.0f}"


def _size(kb: float) -> str:
    for unit, factor in (("TB", 1e9), ("GB", 1e6)):
        if kb >= factor:
            return f"{kb / factor:,.1f} {unit}"
    return f"{kb / 1e3:,.0f} MB"


def table() -> str:
    """In Markdown."""
    found = plans()
    lines = [f"| | {' | '.join(found)} |", f"|---|{'---|' * len(found)}"]
    lines += [f"| {row} | {' | '.join(plan[number] for plan in found.values())} |" for number, row in enumerate(_ROWS)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        document = FOLDER / "capacity.md"
        document.write_text(_BLOCK.sub(lambda _: table(), document.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.stdout.write(table())
