"""Errors of the index, in domain words, with Chinese messages that can be shown.

IndexingError
├── NoSnapshot            nothing has been indexed yet
├── SnapshotDamaged       a file of the snapshot is missing or its checksum differs
├── SnapshotMismatch      the snapshot was built by another embedder or tokenizer; names both
├── EmbedderUnavailable   the model folder is missing or broken; says how to provision it
├── RefreshInProgress     another process is refreshing the index
├── InvalidVocabulary     the policy vocabulary file contradicts itself; names the word
└── InvalidTuning         the tuning file lacks an entry or holds an impossible one
"""

from __future__ import annotations


class IndexingError(Exception):
    """Base; `str(error)` is a Chinese sentence."""


class NoSnapshot(IndexingError):
    def __init__(self) -> None:
        super().__init__("还没有索引。请先运行 zhengwen index refresh。")


class SnapshotDamaged(IndexingError):
    def __init__(self, snapshot_id: str, reason: str) -> None:
        super().__init__(f"索引快照 {snapshot_id} 已损坏：{reason}。仍可使用之前的快照；请运行 zhengwen index refresh 重建。")
        self.snapshot_id, self.reason = snapshot_id, reason


class SnapshotMismatch(IndexingError):
    def __init__(self, snapshot_id: str, built_with: str, running: str) -> None:
        super().__init__(f"索引快照 {snapshot_id} 由“{built_with}”建立，与当前的“{running}”不符。请运行 zhengwen index refresh 重建。")
        self.snapshot_id, self.built_with, self.running = snapshot_id, built_with, running


class EmbedderUnavailable(IndexingError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"向量模型“{name}”不可用：{reason}")
        self.name, self.reason = name, reason


class RefreshInProgress(IndexingError):
    def __init__(self) -> None:
        super().__init__("另一个索引任务正在进行，请等它结束后再试。")


class InvalidVocabulary(IndexingError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"词表“{name}”有误：{reason}")
        self.name, self.reason = name, reason


class InvalidTuning(IndexingError):
    def __init__(self, file_name: str, reason: str) -> None:
        super().__init__(f"检索参数文件 {file_name} 有误：{reason}请改正后再启动。")
        self.file_name, self.reason = file_name, reason
