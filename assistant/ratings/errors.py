"""What can go wrong with ratings.

AssistantError
└── RatingError
    ├── RatingIncomplete
    ├── AnswerChanged
    ├── NotRated
    ├── CaseIncomplete
    ├── TakenUpBefore
    └── CaseNotWritten
"""

from __future__ import annotations

from assistant.errors import AssistantError


class RatingError(AssistantError):
    pass


class RatingIncomplete(RatingError):
    def __init__(self, missing: int) -> None:
        super().__init__(f"还有 {missing} 处没有评分。请给每一句和每一条依据都选一项，再提交。")


class AnswerChanged(RatingError):
    def __init__(self) -> None:
        super().__init__("这条答复在您打开之后变了（例如被放行）。请重新打开这一页，看过现在的答复再评分。")


class NotRated(RatingError):
    def __init__(self) -> None:
        super().__init__("这条答复还没有人评分。请先评分，再作为用例。")


class CaseIncomplete(RatingError):
    """`reason` is a Chinese sentence that says what to do."""


class TakenUpBefore(RatingError):
    def __init__(self) -> None:
        super().__init__("这条答复已经作为用例了，不必再做。要改用例，请直接编辑用例文件。")


class CaseNotWritten(RatingError):
    def __init__(self, path: str) -> None:
        super().__init__(f"用例没有写进 {path}。请检查磁盘空间和目录权限，然后再试一次。")
