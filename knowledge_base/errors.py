"""Errors of the policy base, in domain words. Messages are Chinese, because they reach people as they are.

KnowledgeBaseError
├── UnreadableDocument     a file cannot be read; says why and what to do
│   ├── PartlyReadable     some documents of a file have been read, others cannot be
│   └── MissingReader      the program or extra that reads this format is not installed
├── UnknownDocument        no document has this id
├── RevisionConflict       two changes to one document at the same moment; the second must be tried again
├── ImpossibleChange       the change makes no sense for the document's present state
├── UnknownRegion          no region has this code or name
├── InvalidEntry           a row of a guides or departments file is incomplete or contradictory
└── StoreUnavailable       the database cannot be reached, or is full
"""

from __future__ import annotations


class KnowledgeBaseError(Exception):
    """Base of all errors raised here; `str(error)` is a Chinese sentence that can be shown."""


class UnreadableDocument(KnowledgeBaseError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"无法读取“{name}”：{reason}")
        self.name, self.reason = name, reason


class PartlyReadable(UnreadableDocument):
    """Raised at the end of a file of many documents, after all that can be read."""


class MissingReader(UnreadableDocument):
    """Raised when a format needs something that is not installed."""


class UnknownDocument(KnowledgeBaseError):
    def __init__(self, document_id: str) -> None:
        super().__init__(f"没有编号为“{document_id}”的政策文件。")
        self.document_id = document_id


class RevisionConflict(KnowledgeBaseError):
    def __init__(self, document_id: str, number: int) -> None:
        super().__init__(f"政策文件“{document_id}”刚刚被别人改过（第{number}次修订已存在），请重新打开后再改。")
        self.document_id, self.number = document_id, number


class ImpossibleChange(KnowledgeBaseError):
    def __init__(self, document_id: str, reason: str) -> None:
        super().__init__(f"不能修改政策文件“{document_id}”：{reason}")
        self.document_id, self.reason = document_id, reason


class UnknownRegion(KnowledgeBaseError):
    def __init__(self, region: str) -> None:
        super().__init__(f"没有找到行政区划“{region}”。请填写六位行政区划代码或规范全称，例如 440106 或 广州市天河区。")
        self.region = region


class InvalidEntry(KnowledgeBaseError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}：{reason}")
        self.where, self.reason = where, reason


class StoreUnavailable(KnowledgeBaseError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"数据库暂时无法使用：{reason}")
        self.reason = reason


class StorageUnavailable(StoreUnavailable):
    """The object storage, where originals or copies of backups are kept elsewhere."""

    def __init__(self, reason: str) -> None:
        KnowledgeBaseError.__init__(self, f"对象存储暂时无法使用：{reason}")
        self.reason = reason
