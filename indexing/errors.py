"""Errors of the index, in domain words, with Chinese messages that can be shown.

IndexingError
├── NoSnapshot            nothing has been indexed yet
├── SnapshotDamaged       a file of the snapshot is missing or its checksum differs
├── SnapshotMismatch      the snapshot was built by another embedder or tokenizer; names both
├── EmbedderUnavailable   the model folder is missing or broken; says how to provision it
├── RefreshInProgress     another process is refreshing the index
├── SnapshotRefused       what was built did not pass verification; says which check
├── RunCancelled          somebody asked the run to stop
├── UnknownRun            no such indexing run
├── RunNotReady           what was asked does not fit the state of the run
├── InvalidGoldenQuestions   the file of golden questions holds an impossible line; names it
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


class SnapshotRefused(IndexingError):
    def __init__(self, snapshot_id: str, reason: str) -> None:
        super().__init__(f"新建的索引快照 {snapshot_id} 没有通过核对：{reason}没有切换，继续使用原来的索引。")
        self.snapshot_id, self.reason = snapshot_id, reason


class RunCancelled(IndexingError):
    def __init__(self, by: str) -> None:
        super().__init__(f"已由 {by} 取消，继续使用原来的索引。")
        self.by = by


class UnknownRun(IndexingError):
    def __init__(self, run_id: int) -> None:
        super().__init__(f"没有编号为 {run_id} 的索引任务。")
        self.run_id = run_id


class RunNotReady(IndexingError):
    def __init__(self, run_id: int, state: str, wanted: str) -> None:
        super().__init__(f"索引任务 {run_id} 现在是“{state}”，不能{wanted}。请刷新页面查看最新情况。")
        self.run_id, self.state = run_id, state


class InvalidGoldenQuestions(IndexingError):
    def __init__(self, file_name: str, line: int, reason: str) -> None:
        super().__init__(f"对照问题文件 {file_name} 第 {line} 行有误：{reason}")
        self.file_name, self.line = file_name, line


class InvalidVocabulary(IndexingError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"词表“{name}”有误：{reason}")
        self.name, self.reason = name, reason


class InvalidTuning(IndexingError):
    def __init__(self, file_name: str, reason: str) -> None:
        super().__init__(f"检索参数文件 {file_name} 有误：{reason}请改正后再启动。")
        self.file_name, self.reason = file_name, reason
