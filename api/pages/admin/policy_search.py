"""What the list of policies in the console shows, as its address says: filters, order and page. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from api.policy_listing import PolicyEntry, contains
from knowledge_base.models import ValidityStatus
from knowledge_base.regions import RegionDirectory

EXPIRING_DAYS = (30, 90)
NOTES: Mapping[str, str] = {
    "undated": "没有写明施行日期",
    "machine": "扫描识别、尚未核对",
    "scheduled": "定时发布、尚未公开",
}
SORTS: Mapping[str, str] = {"effective": "施行日期", "changed": "最近改动", "title": "标题", "number": "发文字号", "ends": "终止日期"}


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """Empty strings stand for no restriction; `expiring` is a number of days as text. `sort` begins with "-" for the reverse order."""

    words: str = ""
    status: str = ""
    region: str = ""
    authority: str = ""
    topic: str = ""
    expiring: str = ""
    note: str = ""
    sort: str = "-effective"
    page: int = 1

    def address(self, **changes: Any) -> str:
        """ "?…" with what differs from the plain list."""
        chosen = replace(self, **({"page": 1} | changes))
        plain = PolicyChoice()
        given = {name: getattr(chosen, name) for name in self.__slots__ if getattr(chosen, name) != getattr(plain, name)}
        return f"?{urlencode(given)}" if given else "?"

    @property
    def is_restricted(self) -> bool:
        return replace(self, sort="-effective", page=1) != PolicyChoice()

    def next_sort(self, key: str) -> str:
        """What a click on a column's head asks for: it, then its reverse."""
        return f"-{key}" if self.sort == key else key


def find_policies(entries: Iterable[PolicyEntry], choice: PolicyChoice, regions: RegionDirectory, today: date) -> list[PolicyEntry]:
    """Those that meet every restriction, in the order asked for. An unknown region or status finds nothing."""
    checks = list(_checks(choice, regions, today))
    found = [entry for entry in entries if all(check(entry) for check in checks)]
    return _sorted(found, choice.sort)


def _checks(choice: PolicyChoice, regions: RegionDirectory, today: date) -> Iterable[Callable[[PolicyEntry], bool]]:
    if choice.words.strip():
        yield lambda entry: contains(entry, choice.words)
    if choice.status:
        yield _has_status(choice.status)
    if choice.region:
        below = _with_below(choice.region, regions)
        yield lambda entry: entry.metadata.jurisdiction in below
    if choice.authority.strip():
        yield lambda entry: any(choice.authority.strip() in name for name in entry.metadata.issuing_authorities)
    if choice.topic.strip():
        yield lambda entry: choice.topic.strip() in entry.metadata.topics
    if choice.expiring.isdecimal():
        last = today + timedelta(days=min(int(choice.expiring), 3650))
        yield lambda entry: entry.ends_on is not None and today < entry.ends_on <= last
    if choice.note:
        yield _noted(choice.note, today)


def _has_status(status: str) -> Callable[[PolicyEntry], bool]:
    """已修改 is a status of editions; of documents it means that a text of theirs was replaced."""
    if status == ValidityStatus.AMENDED:
        return lambda entry: entry.edition_count > 1
    return lambda entry: entry.status == status


def _noted(note: str, today: date) -> Callable[[PolicyEntry], bool]:
    if note == "undated":
        return lambda entry: entry.metadata.effective_on_inferred
    if note == "machine":
        return lambda entry: entry.metadata.read_by_machine
    return lambda entry: entry.metadata.release_on is not None and entry.metadata.release_on > today


def _with_below(name_or_code: str, regions: RegionDirectory) -> frozenset[str]:
    region = regions.resolve(name_or_code)
    if region is None:
        return frozenset()
    found, waiting = set(), [region.code]
    while waiting:
        code = waiting.pop()
        found.add(code)
        waiting.extend(child.code for child in regions.children(code))
    return frozenset(found)


def _sorted(entries: list[PolicyEntry], sort: str) -> list[PolicyEntry]:
    """What lacks the value stands at the end of either order."""
    key, reverse = sort.removeprefix("-"), sort.startswith("-")
    value = _SORT_VALUES.get(key, _SORT_VALUES["effective"])
    valued = sorted((entry for entry in entries if value(entry)), key=lambda entry: (value(entry), entry.id), reverse=reverse)
    return valued + [entry for entry in entries if not value(entry)]


_SORT_VALUES: Mapping[str, Callable[[PolicyEntry], Any]] = {
    "effective": lambda entry: entry.effective_on,
    "changed": lambda entry: entry.changed_at,
    "title": lambda entry: entry.metadata.title,
    "number": lambda entry: entry.metadata.document_number,
    "ends": lambda entry: entry.ends_on,
}
