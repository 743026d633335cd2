"""The sections of the console in the order of its menu. A new section is one line here and one router in `routers.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`path` is where it begins: every address below it belongs to it. `duty` says in one line what it is for."""

    path: str
    label: str
    duty: str


@dataclass(frozen=True, slots=True)
class SectionGroup:
    label: str
    sections: tuple[Section, ...]


GROUPS: tuple[SectionGroup, ...] = (
    SectionGroup("政策", ()),
    SectionGroup("内容", ()),
    SectionGroup("运行", ()),
    SectionGroup("系统", ()),
)
