"""The sections of the console in the order of its menu. A new section is one line here and one router in `routers.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`path` is where it begins; addresses below it, and below those of `also`, belong to it. `duty` says in one line what it is for."""

    path: str
    label: str
    duty: str
    also: tuple[str, ...] = ()

    def holds(self, address: str) -> bool:
        return any(address == path or address.startswith(f"{path}/") for path in (self.path, *self.also))


@dataclass(frozen=True, slots=True)
class SectionGroup:
    label: str
    sections: tuple[Section, ...]


GROUPS: tuple[SectionGroup, ...] = (
    SectionGroup(
        "政策",
        (
            Section("/admin/policies", "政策文件", "查看全部政策文件的状态和历史，更正、修改、废止、恢复"),
            Section("/admin/uploads", "上传与审核", "上传文件，核对读出的内容，发布或定时发布", also=("/admin/drafts", "/admin/repeals")),
        ),
    ),
    SectionGroup("内容", ()),
    SectionGroup("运行", ()),
    SectionGroup(
        "系统",
        (Section("/admin/backups", "备份", "查看和核对备份，立即备份，恢复到某一份"),),
    ),
)
