"""Look at a source without keeping anything: what a run would find now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice

from knowledge_base.ports import Clock
from knowledge_base.sources.errors import ItemFailed, ItemGone, ListingFailed
from knowledge_base.sources.models import Listed, Source, Trial, TrialEntry
from knowledge_base.sources.ports import Place, Places
from knowledge_base.sources.source_rules import SourceRules

_KIB = 1024


def try_out(places: Places, source: Source, rules: SourceRules, clock: Clock) -> Trial:
    """The first addresses; the first few of them are opened, at the polite pace of the source and while there is time."""
    until = clock() + timedelta(seconds=rules.trial_s)

    def is_time_left() -> bool:
        return clock() < until

    def beat(_doing: str) -> None:
        if not is_time_left():
            raise ListingFailed(f"试取超过 {rules.trial_s} 秒还没有读完列表，已停止。可以直接保存，在后台慢慢获取。")

    try:
        with places.open(source, beat) as place:
            found = list(islice(place.listed(), rules.trial_entries + 1))
            entries = tuple(_entries(place, found[: rules.trial_entries], rules.trial_fetches, is_time_left))
    except ListingFailed as failure:
        return Trial((), failure=failure.reason)
    if not found:
        return Trial((), failure="没有找到可以获取的内容。请核对地址、网址规则和链接位置。")
    return Trial(entries, more=len(found) > rules.trial_entries)


def _entries(place: Place, found: list[Listed], fetches: int, is_time_left: Callable[[], bool]) -> Iterator[TrialEntry]:
    for number, listed in enumerate(found):
        yield _opened(place, listed) if number < fetches and is_time_left() else TrialEntry(listed.address, listed.title)


def _opened(place: Place, listed: Listed) -> TrialEntry:
    try:
        fetched = place.fetch(listed.address, None)
    except (ItemFailed, ItemGone) as error:
        return TrialEntry(listed.address, listed.title, str(error), failed=True)
    if fetched.content is not None:
        fetched.content.close()
    size = f"{max(1, fetched.size // _KIB)} KB"
    return TrialEntry(listed.address, listed.title or fetched.title, f"{fetched.name}，{size}。")
