"""Errors of hotline work, in domain words; messages are Chinese sentences for the operator.

HotlineError
├── UnknownOrder       no order has this number
├── SentBefore         the same sending of a form is an order already; says which
├── OrderChanged       somebody else changed it a moment ago; look again and repeat
├── OrderHeld          another operator has claimed it
├── MoveNotAllowed     this action makes no sense in the order's present state
│   └── NotYourMove        another person's business: says whose
├── ReasonRequired     the action needs a reason
├── OrderIncomplete    fields are missing; says which
├── ProgressNotFound   number and phone suffix do not belong together (which of them is wrong is not said)
└── SealBroken         contacts cannot be opened with this key
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.errors import AssistantError


class HotlineError(AssistantError):
    """Base; `str(error)` is a Chinese sentence."""


class UnknownOrder(HotlineError):
    def __init__(self, number: str) -> None:
        super().__init__(f"没有编号为“{number}”的工单。请核对后重试。")
        self.number = number


class SentBefore(HotlineError):
    def __init__(self, number: str) -> None:
        super().__init__(f"这张表单已经提交过，工单编号是“{number}”，没有重复登记。")
        self.number = number


class OrderChanged(HotlineError):
    def __init__(self, number: str) -> None:
        super().__init__(f"工单“{number}”刚刚被别人改过。请刷新后再操作，您填写的内容没有保存。")
        self.number = number


class OrderHeld(HotlineError):
    def __init__(self, number: str, holder: str) -> None:
        super().__init__(f"工单“{number}”已由“{holder}”领取。")
        self.number, self.holder = number, holder


class MoveNotAllowed(HotlineError):
    def __init__(self, number: str, action: str, state: str) -> None:
        super().__init__(f"工单“{number}”现在是“{state}”，不能“{action}”。")
        self.number, self.action, self.state = number, action, state


class NotYourMove(MoveNotAllowed):
    def __init__(self, number: str, action: str, state: str, who: str) -> None:
        super().__init__(number, action, state)
        self.args = (f"“{action}”只能由{who}进行。请转交{who}处理。",)
        self.who = who


class ReasonRequired(HotlineError):
    def __init__(self, action: str) -> None:
        super().__init__(f"“{action}”必须写明理由。")
        self.action = action


class OrderIncomplete(HotlineError):
    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__("；".join(missing) + "。")
        self.missing = tuple(missing)


class ProgressNotFound(HotlineError):
    def __init__(self) -> None:
        super().__init__("没有找到。请核对工单编号和电话号码后四位；仍然查不到请拨打 12345。")


class SealBroken(HotlineError):
    def __init__(self) -> None:
        super().__init__("联系方式打不开：密钥与保存时的不同。请恢复原来的密钥文件或设置。")
