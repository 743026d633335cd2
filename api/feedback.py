"""What happens when a citizen says whether an answer helped: it is kept, and they are told what follows."""

from __future__ import annotations

from dataclasses import dataclass

from api.container import Container
from assistant.errors import UnknownAnswer
from assistant.models import AnswerRecord, DepartmentCard, FeedbackKind

_MESSAGES = {
    FeedbackKind.HELPFUL: "谢谢，已经记下。",
    FeedbackKind.NOT_HELPFUL: "谢谢，已经记下，管理员会据此改进。您可以换一种说法再问，或者转人工。",
    FeedbackKind.WANTS_PERSON: "已记下您希望由工作人员解答。请点“转人工”接通工作人员，也可以拨打下面的电话。",
    FeedbackKind.WRONG: "已标记为答错，管理员会核对依据并改进。",
}


@dataclass(frozen=True, slots=True)
class FeedbackOutcome:
    """`department` only where a person is wished for; `offers_person`: the page shows the way to one beside the words."""

    kind: FeedbackKind
    message: str
    department: DepartmentCard | None
    answer_id: str

    @classmethod
    def of(cls, kind: FeedbackKind, record: AnswerRecord) -> FeedbackOutcome:
        department = record.answer.department if kind is FeedbackKind.WANTS_PERSON else None
        return cls(kind, _MESSAGES[kind], department, record.answer_id)

    @property
    def offers_person(self) -> bool:
        return self.kind in (FeedbackKind.NOT_HELPFUL, FeedbackKind.WANTS_PERSON)


def record_feedback(container: Container, answer_id: str, kind: FeedbackKind, comment: str = "") -> FeedbackOutcome:
    """Raises UnknownAnswer. The comment is masked before it is stored."""
    record = container.conversations.get(answer_id)
    if record is None:
        raise UnknownAnswer(answer_id)
    container.conversations.add_feedback(answer_id, kind, container.mask(comment), container.clock())
    container.metrics.feedback.labels(kind.value).inc()
    return FeedbackOutcome.of(kind, record)
