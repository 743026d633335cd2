"""Every way an answer can end, by name, with its label and colour for staff. The words citizens read are in wording.zh.toml."""

from __future__ import annotations

from enum import StrEnum


class AnswerStatus(StrEnum):
    ANSWERED = "answered"
    ANSWERED_FROM_GUIDE = "answered_from_guide"
    NO_EVIDENCE = "no_evidence"
    OUT_OF_REGION = "out_of_region"
    NOT_IN_FORCE = "not_in_force"
    NEEDS_DETAIL = "needs_detail"
    EMPTY_QUESTION = "empty_question"
    TOO_LONG = "too_long"
    UNREADABLE_QUESTION = "unreadable_question"
    EMERGENCY = "emergency"
    GREETING = "greeting"
    THANKS = "thanks"
    OUT_OF_SCOPE = "out_of_scope"
    PROGRESS_QUERY = "progress_query"
    HANDOFF_REQUESTED = "handoff_requested"
    AWAITING_RELEASE = "awaiting_release"
    CHECK_FAILED = "check_failed"
    INDEX_NOT_READY = "index_not_ready"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _STAFF[self][0]

    @property
    def colour(self) -> str:
        """A name of the design tokens: good, notice, warning or danger."""
        return _STAFF[self][1]


_STAFF = {
    AnswerStatus.ANSWERED: ("已依据条款答复", "good"),
    AnswerStatus.ANSWERED_FROM_GUIDE: ("已依据办事指南答复", "good"),
    AnswerStatus.NO_EVIDENCE: ("没有找到依据", "notice"),
    AnswerStatus.OUT_OF_REGION: ("依据不适用于所选地区", "notice"),
    AnswerStatus.NOT_IN_FORCE: ("只有失效或尚未生效的依据", "notice"),
    AnswerStatus.NEEDS_DETAIL: ("需要补充情况", "notice"),
    AnswerStatus.EMPTY_QUESTION: ("空问题", "notice"),
    AnswerStatus.TOO_LONG: ("问题过长", "notice"),
    AnswerStatus.UNREADABLE_QUESTION: ("看不懂的内容", "notice"),
    AnswerStatus.EMERGENCY: ("紧急情况提示", "danger"),
    AnswerStatus.GREETING: ("问候", "good"),
    AnswerStatus.THANKS: ("致谢", "good"),
    AnswerStatus.OUT_OF_SCOPE: ("与政务无关", "notice"),
    AnswerStatus.PROGRESS_QUERY: ("查询进度", "notice"),
    AnswerStatus.HANDOFF_REQUESTED: ("要求转人工", "notice"),
    AnswerStatus.AWAITING_RELEASE: ("敏感事项，待班长放行", "warning"),
    AnswerStatus.CHECK_FAILED: ("未通过核对，未显示", "warning"),
    AnswerStatus.INDEX_NOT_READY: ("索引未就绪", "warning"),
    AnswerStatus.FAILED: ("处理出错", "danger"),
}
