"""Errors of sources, in domain words, with Chinese messages that can be shown.

KnowledgeBaseError
├── UnknownSource        no source has this id, or it was removed
├── InvalidSource        an entry of the form makes no sense; `field` names it
├── SourceChanged        somebody else changed the source meanwhile; look again
├── SourceBusy           a run of this source waits or goes on already
├── SourceSwitchedOff    the source is disabled; it is not fetched
├── NothingRunning       there is no run that could be cancelled
├── ListingFailed        what the source holds could not be found out; says why and what to do
├── ItemFailed           one file or page could not be had; says why
│   └── FetchRefused     it was not even tried: the address, robots.txt or a limit forbids it
└── ItemGone             one file or page is not there any more
"""

from __future__ import annotations

from knowledge_base.errors import KnowledgeBaseError


class UnknownSource(KnowledgeBaseError):
    def __init__(self, source_id: str) -> None:
        super().__init__("没有这个来源，它可能已被移除。请回到来源列表查看。")
        self.source_id = source_id


class InvalidSource(KnowledgeBaseError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


class SourceChanged(KnowledgeBaseError):
    def __init__(self, source_id: str) -> None:
        super().__init__("这个来源刚刚被别人改过。请刷新页面，看过新的内容后再操作。")
        self.source_id = source_id


class SourceBusy(KnowledgeBaseError):
    def __init__(self, source_id: str) -> None:
        super().__init__("这个来源正在获取或已在等待。请等它完成，或先取消。")
        self.source_id = source_id


class SourceSwitchedOff(KnowledgeBaseError):
    def __init__(self, source_id: str) -> None:
        super().__init__("这个来源已停用，没有获取。请先启用。")
        self.source_id = source_id


class NothingRunning(KnowledgeBaseError):
    def __init__(self, source_id: str) -> None:
        super().__init__("这个来源没有正在进行的获取，不用取消。")
        self.source_id = source_id


class ListingFailed(KnowledgeBaseError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ItemFailed(KnowledgeBaseError):
    def __init__(self, address: str, reason: str) -> None:
        super().__init__(reason)
        self.address, self.reason = address, reason


class FetchRefused(ItemFailed):
    """Nothing was sent to this address, or no more than needed to see that it must not be."""


class ItemGone(KnowledgeBaseError):
    def __init__(self, address: str, reason: str) -> None:
        super().__init__(reason)
        self.address, self.reason = address, reason
