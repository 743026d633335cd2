"""Errors of the index, in domain words, with Chinese messages that can be shown.

IndexingError
├── NoSnapshot            nothing has been indexed yet
├── SnapshotDamaged       a file of the snapshot is missing or its checksum differs
├── EngineUnfit           the database server cannot carry the index; says what it lacks
├── SnapshotMismatch      the snapshot was built by another embedder or tokenizer; names both
├── EmbedderUnavailable   the model folder is missing or broken; says how to provision it
├── AdapterUnavailable    the vector adapter's files are missing or broken
├── AdapterMismatch       the vector adapter was trained for another model; names both
├── InvalidRecipe         the recipe of a training lacks an entry or holds an impossible one
├── NothingToLearn        a set holds too few questions to learn from and be tested on
├── TrainingRefused       what was trained finds less than the model as it is; names the set
├── RerankerUnavailable   the weights of the reranker cannot be read, or nothing runs that they could stand on
├── RerankerMismatch      the weights of the reranker were trained on another encoder; names both
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


class EngineUnfit(IndexingError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"检索引擎（ZHENGWEN_INDEX_URL）不能用：{reason}")


class SnapshotMismatch(IndexingError):
    def __init__(self, snapshot_id: str, built_with: str, running: str) -> None:
        super().__init__(f"索引快照 {snapshot_id} 由“{built_with}”建立，与当前的“{running}”不符。请运行 zhengwen index refresh 重建。")
        self.snapshot_id, self.built_with, self.running = snapshot_id, built_with, running


class EmbedderUnavailable(IndexingError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"向量模型“{name}”不可用：{reason}")
        self.name, self.reason = name, reason


class AdapterUnavailable(IndexingError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"向量适配器“{where}”不可用：{reason}"
            "请重新运行 zhengwen train，或者把 ZHENGWEN_ADAPTER（检索模型是 ZHENGWEN_ENCODER）设为 off。"
        )
        self.where, self.reason = where, reason


class AdapterMismatch(IndexingError):
    def __init__(self, where: str, made_for: str, running: str) -> None:
        super().__init__(
            f"向量适配器“{where}”是为模型“{made_for}”训练的，与当前的模型“{running}”不符。"
            "请换用为当前模型训练的适配器（zhengwen train），或者把 "
            "ZHENGWEN_ADAPTER（检索模型是 ZHENGWEN_ENCODER）设为 off。"
        )
        self.where, self.made_for, self.running = where, made_for, running


class InvalidRecipe(IndexingError):
    def __init__(self, file_name: str, reason: str) -> None:
        super().__init__(f"训练配方 {file_name} 有误：{reason}请对照随程序提供的 recipe.toml 改正。")
        self.file_name, self.reason = file_name, reason


class NothingToLearn(IndexingError):
    def __init__(self, name: str, questions: int) -> None:
        super().__init__(
            f"“{name}”只有 {questions} 个可用的问题，不够训练和检验。请补充办事指南的常见问题，或者用 --dataset 加入标注好的问题。"
        )
        self.name, self.questions = name, questions


class TrainingRefused(IndexingError):
    def __init__(self, losing: str, *, made: str = "适配器", advice: str = "调高配方里的 hold.weight、调低 hold.blend") -> None:
        super().__init__(
            f"训练出的{made}没有写出：{losing}。下降超出了误差范围，原来的模型更好。请补充这一类的训练问题，或者{advice}后再试。"
        )
        self.losing = losing


class RerankerUnavailable(IndexingError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"细排权重不可用：{reason}请重新运行 zhengwen train --reranker，或者把 ZHENGWEN_RERANKER 设为 off。")
        self.reason = reason


class RerankerMismatch(IndexingError):
    def __init__(self, where: str, made_for: str, running: str) -> None:
        super().__init__(
            f"细排权重“{where}”是在检索模型“{made_for}”上训练的，与当前的“{running}”不符。"
            "请用当前的检索模型重新训练（zhengwen train --reranker），或者把 ZHENGWEN_RERANKER 设为 off。"
        )
        self.where, self.made_for, self.running = where, made_for, running


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
