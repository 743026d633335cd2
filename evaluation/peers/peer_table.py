"""The table of neighbours in Markdown, and in a sentence each where one of them is better. Formats numbers; measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluation.peers.peer_scores import COSTS, OWN, OWN_SHIPPED, QUALITY, Advantage, advantages

MARKERS = ("<!-- peers:begin -->", "<!-- peers:end -->")
KIND_NAMES = {
    "vector": "仅向量",
    "hybrid": "关键词 + 向量",
    "hybrid_in_force": "关键词 + 向量，按日期和地区过滤",
    "shipped": "提供服务的那一套（调优的向量{reranked}，按日期和地区过滤）",
}
HEADINGS = (
    "", "方式", "hit@1", "hit@10", "MRR@10", "recall@100", "p50 / p95（取 10 段）", "处理器 p50", "p50（取 100 段）", "全扫参照 p50",
    "建索引", "打开", "内存（建 / 查）", "磁盘",
)  # fmt: skip
_UNITS = {"p50_ms": " ms", "p95_ms": " ms", "cpu_p50_ms": " ms", "build_s": " 秒", "open_s": " 秒", "peak_mib": " MiB", "disk_mib": " MiB"}


def render_table(result: Mapping[str, Any]) -> str:
    """Markdown of all sets in `result`, the JSON of the benchmark."""
    return "\n\n".join(part for one in result["sets"] for part in (_set_words(one), "\n".join(_lines(one)), "\n".join(_verdict(one))))


def table_rows(one: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Cells of one set, the product first, in the order of HEADINGS."""
    for name in sorted(one["rows"], key=lambda name: name not in {OWN, OWN_SHIPPED}):
        for kind, row in one["rows"][name].items():
            yield one["labels"][name], kind_name(kind, one), *_cells(row)


def kind_name(kind: str, one: Mapping[str, Any]) -> str:
    return KIND_NAMES[kind].format(reranked="和细排" if one["reranked"] else "，没有细排")


def set_words(one: Mapping[str, Any]) -> str:
    left_out = f"（训练过检索模型的 {one['left_out']} 题不算）" if one["left_out"] else ""
    return (
        f"{one['name']}：{one['documents']:,} 份文件，{one['passages']:,} 段，{one['questions']} 题{left_out}；"
        f"全部分词用 {one['terms_s']:.0f} 秒，同行不计"
    )


def verdict_words(one: Mapping[str, Any]) -> list[str]:
    """Chinese sentences: in what each neighbour is better than the product with the same vectors; then what could not be measured."""
    found = advantages(one["rows"]) if OWN in one["rows"] else []
    sides = dict.fromkeys((each.peer, each.kind) for each in found)
    said = [
        f"{one['labels'][peer]}（{kind_name(kind, one)}）："
        + "；".join(_advantage_words(each) for each in found if each.peer == peer)
        + "。"
        for peer, kind in sides
    ]
    return [*(said or ["没有一项比政问好。"]), *(f"没有测成：{reason}" for reason in one["failed"])]


def _set_words(one: Mapping[str, Any]) -> str:
    return f"**{set_words(one)}**"


def _lines(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|" + "---|" * len(HEADINGS)
    for cells in table_rows(one):
        yield f"| {' | '.join(cells)} |"


def _verdict(one: Mapping[str, Any]) -> Iterator[str]:
    yield "同行比政问（同样的向量，关键词 + 向量）好的地方：\n"
    yield from (f"- {words}" for words in verdict_words(one))


def _cells(row: Mapping[str, float]) -> Iterator[str]:
    yield from (f"{row[name]:.3f}" for name in QUALITY)
    yield f"{ms(row['p50_ms'])} / {ms(row['p95_ms'])} ms"
    yield f"{ms(row['cpu_p50_ms'])} ms"
    yield f"{ms(row['deep_p50_ms'])} ms"
    yield f"{ms(row['scan_p50_ms'])} ms"
    yield f"{row['build_s']:.0f} 秒"
    yield f"{row['open_s']:.1f} 秒"
    yield f"{row['build_peak_mib']:.0f} / {row['peak_mib']:.0f} MiB"
    yield f"{row['disk_mib']:.0f} MiB"


def ms(number: float) -> str:
    """Tenths only where they tell something."""
    return f"{number:.1f}" if number < 20 else f"{number:.0f}"


def _advantage_words(found: Advantage) -> str:
    measure = {**QUALITY, **COSTS}[found.measure]
    if found.measure in QUALITY:
        return f"{measure} {found.theirs:.3f}（政问 {found.ours:.3f}）"
    unit = _UNITS[found.measure]
    return f"{measure} {ms(found.theirs)}{unit}（政问 {ms(found.ours)}{unit}）"
