"""Rules of the kinds that the policy base itself answers from: guides, departments and regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge_base.content.models import EntryFault, Row
from knowledge_base.content.ports import ProposedChange
from knowledge_base.models import Department, RegionLevel, ServiceGuide
from knowledge_base.regions import RegionDirectory

_ABOVE = {RegionLevel.PROVINCE: {"nation"}, RegionLevel.CITY: {"province"}, RegionLevel.COUNTY: {"province", "city"}}
_EXAMPLES = 3


class PlainRules:
    """Nothing beyond what the columns say."""

    def settled(self, row: Row) -> Row:
        return row

    def faults(self, change: ProposedChange) -> Iterable[EntryFault]:
        return ()


@dataclass(frozen=True)
class DepartmentRules(PlainRules):
    """No department above itself; none taken away that guides or other departments name."""

    guides: Callable[[], Iterable[ServiceGuide]]

    def faults(self, change: ProposedChange) -> Iterator[EntryFault]:
        for key, row in change.rows.items():
            above = row.get("parent_id", "")
            if above and above not in change.all:
                yield EntryFault(key, "parent_id", f"部门名录里没有“{above}”。请先添加上级部门，或改填已有部门的编号或名称。")
            if _above_itself(key, change.all):
                yield EntryFault(key, "parent_id", "上级关系绕成了圈。请改正上级部门。")
        if change.removed:
            yield from self._still_named(change)

    def _still_named(self, change: ProposedChange) -> Iterator[EntryFault]:
        used: dict[str, list[str]] = defaultdict(list)
        for guide in self.guides():
            used[guide.department_id].append(guide.title)
        for row in change.all.values():
            used[row.get("parent_id", "")].append(row.get("name", ""))
        for key in change.removed:
            if names := used.get(key):
                listed = "、".join(f"“{name}”" for name in names[:_EXAMPLES])
                yield EntryFault(key, "id", f"还有 {len(names)} 处用到这个部门（{listed}）。请先把它们改到别的部门，再删除。")


@dataclass(frozen=True)
class RegionRules(PlainRules):
    """Codes of six digits, each below one that stands; none taken away that is used."""

    guides: Callable[[], Iterable[ServiceGuide]]
    departments: Callable[[], Iterable[Department]]
    documents_at: Callable[[str], int]

    def faults(self, change: ProposedChange) -> Iterator[EntryFault]:
        for key, row in change.rows.items():
            yield from _region_faults(key, row, change.all)
        if change.removed:
            yield from self._still_used(change)

    def _still_used(self, change: ProposedChange) -> Iterator[EntryFault]:
        below = {row.get("parent_code", "") for row in change.all.values()}
        used = {entry.jurisdiction for entries in (self.guides(), self.departments()) for entry in entries}
        for key in change.removed:
            if key in below:
                yield EntryFault(key, "code", "它下面还有行政区划，不能停用。请先停用或改挂下级。")
            elif key in used or self.documents_at(key):
                yield EntryFault(key, "code", "还有政策文件、办事指南或部门属于这里，不能停用。请先改到别的行政区划。")


def regions_in(rows: Mapping[str, Row]) -> RegionDirectory:
    """The directory that these rows describe."""
    return RegionDirectory.from_rows((row["code"], row["name"], row["level"], row.get("parent_code", "")) for row in rows.values())


def _region_faults(key: str, row: Row, every: Mapping[str, Row]) -> Iterator[EntryFault]:
    if not (len(key) == 6 and key.isascii() and key.isdigit()):
        yield EntryFault(key, "code", f"代码“{key}”应是六位数字，例如 990106。")
    if row.get("level") not in set(RegionLevel):
        return
    level, above = RegionLevel(row["level"]), every.get(row.get("parent_code", ""))
    if level is RegionLevel.NATION:
        if row.get("parent_code"):
            yield EntryFault(key, "parent_code", "全国没有上级，请留空。")
    elif above is None:
        yield EntryFault(key, "parent_code", "上级代码没有填，或者没有这个行政区划。请填写已有的上级。")
    elif above.get("level") not in _ABOVE[level]:
        yield EntryFault(key, "parent_code", f"上级“{above.get('name', '')}”的级别不对。请检查级别和上级代码。")


def _above_itself(key: str, rows: Mapping[str, Row]) -> bool:
    above, steps = rows.get(key, {}).get("parent_id", ""), 0
    while above and steps <= len(rows):
        if above == key:
            return True
        above, steps = rows.get(above, {}).get("parent_id", ""), steps + 1
    return False
