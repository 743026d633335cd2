"""What came of a run, in one Chinese sentence."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge_base.sources.models import ItemState, RunCounts

_SAID = ("new", "新增"), ("changed", "有变化"), ("unchanged", "没有变化"), ("failed", "没有取到")


def counts_of(states: Mapping[ItemState, int]) -> RunCounts:
    return RunCounts(**{state.value: states.get(state, 0) for state in ItemState})


def summary(counts: RunCounts, *, cut_at: int = 0, partly: bool = False) -> str:
    """`cut_at`: only so many addresses were looked at, 0 for all; `partly`: some part of the listing could not be read."""
    parts = [f"{words} {count}" for field, words in _SAID if (count := getattr(counts, field))]
    said = f"看了 {counts.looked_at} 项" + (f"：{'，'.join(parts)}" if parts else "") + "。"
    if counts.withdrawn:
        said += f"另有 {counts.withdrawn} 项已撤下，请核对对应的政策文件。"
    if cut_at:
        said += f"列出的超过 {cut_at} 项，只看了前 {cut_at} 项；需要全部时请调大每次最多项数，或用网址规则缩小范围。"
    if partly:
        said += "列表有一部分没有读到，这次不判断哪些已撤下。"
    return said
