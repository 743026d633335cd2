"""What keeps an installation from being moved, with a Chinese message that can be shown."""

from __future__ import annotations

from knowledge_base.errors import KnowledgeBaseError


class CannotMove(KnowledgeBaseError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"没有迁移：{reason}原来的数据没有变。")
