"""Errors of the assistant. Stops a citizen can meet are statuses of an Answer, not exceptions; these are for callers.

AssistantError
├── UnknownAnswer         feedback or a look-up names an answer that does not exist
├── InvalidCatalogue      a catalogue of classes cannot be read; says where
├── InvalidExamples       a file of labelled examples cannot be read; says where
├── InvalidTopics         the file of sensitive topics is malformed; says where
├── InvalidRoutingRule    a routing rule is incomplete or contradictory; says where
├── GenerationFailed      a language model gave nothing usable; says why
└── ClassifierError       a classifier cannot be trained or used
    ├── TooFewExamples        a label has too few examples, or there are fewer than two labels
    ├── ClassifierMismatch    trained for another embedder; says both
    └── ClassifierDamaged     the saved file cannot be read
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base; `str(error)` is a Chinese sentence."""


class UnknownAnswer(AssistantError):
    def __init__(self, answer_id: str) -> None:
        super().__init__(f"没有编号为“{answer_id}”的答复。")
        self.answer_id = answer_id


class InvalidCatalogue(AssistantError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"分类目录有误（{where}）：{reason}。请改正后重试。")
        self.where, self.reason = where, reason


class InvalidExamples(AssistantError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"样例文件有误（{where}）：{reason}。请改正后重新训练。")
        self.where, self.reason = where, reason


class InvalidTopics(AssistantError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"敏感事项文件有误（{where}）：{reason}。请改正后重试。")
        self.where, self.reason = where, reason


class InvalidRoutingRule(AssistantError):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"派单规则有误（{where}）：{reason}。请改正后重试。")
        self.where, self.reason = where, reason


class GenerationFailed(AssistantError):
    """`reason` is one of assistant.generation.models.Outcome's values; nobody but the log and the record reads it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"语言模型没有给出可用的内容（{detail or reason}）。答复照常以引文给出。")
        self.reason, self.detail = reason, detail


class ClassifierError(AssistantError):
    """Base of what can go wrong with classifiers."""


class TooFewExamples(ClassifierError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}请补充样例后重新训练。")


class ClassifierMismatch(ClassifierError):
    def __init__(self, name: str, trained_for: str, present: str) -> None:
        super().__init__(
            f"分类模型“{name}”是为向量模型“{trained_for}”训练的，现在用的是“{present}”。请运行 zhengwen classifiers train 重新训练。"
        )
        self.name, self.trained_for, self.present = name, trained_for, present


class ClassifierDamaged(ClassifierError):
    def __init__(self, name: str) -> None:
        super().__init__(f"分类模型“{name}”的文件损坏。请运行 zhengwen classifiers train 重新训练。")
        self.name = name
