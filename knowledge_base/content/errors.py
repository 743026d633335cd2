"""Errors of edited content, in domain words. Messages are Chinese, because they reach people as they are.

KnowledgeBaseError
└── ContentError
    ├── UnknownEntry       no entry, version or kind of this name
    ├── ContentConflict    somebody else has changed it since it was looked at; nothing was saved
    ├── FaultyEntry        what was entered cannot be kept; holds what is wrong by field
    ├── NothingToChange    what was asked for is how it is already
    └── UnreadableTable    a spreadsheet cannot be read; says why and what to do
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.content.models import EntryFault
from knowledge_base.errors import KnowledgeBaseError


class ContentError(KnowledgeBaseError):
    """Base."""


class UnknownEntry(ContentError):
    def __init__(self, what: str) -> None:
        super().__init__(f"没有找到{what}，可能已经删除。请回到列表重新查找。")
        self.what = what


class ContentConflict(ContentError):
    def __init__(self, title: str = "") -> None:
        what = f"“{title}”" if title else "这里的内容"
        super().__init__(f"{what}刚刚被别人改过，您的修改没有保存，填写的内容还在下面。请对照现在的内容，确认后再保存一次。")


class FaultyEntry(ContentError):
    def __init__(self, faults: Sequence[EntryFault]) -> None:
        super().__init__("有内容没有填对，没有保存：" + "；".join(fault.reason for fault in faults[:5]))
        self.faults = tuple(faults)


class NothingToChange(ContentError):
    def __init__(self) -> None:
        super().__init__("没有变化，不需要保存。")


class UnreadableTable(ContentError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"读不了“{name}”：{reason}")
        self.name, self.reason = name, reason
