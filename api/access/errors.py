"""Errors of access, in domain words. Messages are Chinese, because they reach people as they are.

AccessError
├── SignInRefused            name and password do not belong together; says nothing of which is wrong
│   └── IdentityRefused      a provider elsewhere said no, or nobody here is who it names
├── WrongPassword            somebody signed in gave another password than theirs
├── TooManyAttempts          too many failures lately, for this name or from this place
├── SessionNeeded            nobody is signed in, or the session has ended
├── PasswordChangeNeeded     signed in with a password that somebody else chose
├── NotPermitted             signed in, without the role for this
├── ForgedRequest            a form without this session's token, or sent from another site
├── UnsuitablePassword       too short or too easily guessed
├── InvalidAccount           a name or role that cannot be
├── AccountExists            the name is taken
├── UnknownAccount           no account has this name
├── IdentityTaken            the identity from elsewhere leads to an account already
├── OwnAccount               nobody disables the account they are signed in with
├── ReasonMissing            what shuts somebody out needs a reason
├── LastAdministrator        nobody would be left to manage accounts
├── ApiKeyNeeded             another system came without a key
├── ApiKeyRefused            its key is unknown, has expired or was revoked
├── ScopeMissing             its key does not open this door
├── InvalidApiKey            a key that cannot be made so
├── UnknownApiKey            no key begins like this
├── AuditKeyUnreadable       the key that seals the audit trail is missing its form or its file cannot be read
└── AuditTrailBroken         the daily check found a row that was altered, is missing or out of its place
"""

from __future__ import annotations


class AccessError(Exception):
    """Base of all errors raised here; `str(error)` is a Chinese sentence that can be shown."""


class SignInRefused(AccessError):
    def __init__(self, failures: int, lock_min: int) -> None:
        super().__init__(f"账号或密码不对。连续输错 {failures} 次会锁定 {lock_min} 分钟。")


class IdentityRefused(SignInRefused):
    def __init__(self) -> None:
        AccessError.__init__(self, "身份认证没有通过，或者这里没有对应的账号。请重新登录；仍不行请联系管理员。")


class WrongPassword(AccessError):
    def __init__(self, failures: int, lock_min: int) -> None:
        super().__init__(f"现在的密码不对。连续输错 {failures} 次会锁定 {lock_min} 分钟。")


class TooManyAttempts(AccessError):
    def __init__(self, lock_min: int) -> None:
        super().__init__(f"输错次数过多，已暂停登录 {lock_min} 分钟。请稍后再试，或者请管理员重设密码。")
        self.retry_after_s = 60 * lock_min


class SessionNeeded(AccessError):
    def __init__(self) -> None:
        super().__init__("您还没有登录，或者登录已经过期。请重新登录后再操作。")


class PasswordChangeNeeded(AccessError):
    def __init__(self) -> None:
        super().__init__("请先修改初始密码，再使用其他功能。")


class NotPermitted(AccessError):
    def __init__(self, needed: str) -> None:
        super().__init__(f"您的账号没有这项权限（需要：{needed}）。如果工作需要，请联系管理员。")
        self.needed = needed


class ForgedRequest(AccessError):
    def __init__(self) -> None:
        super().__init__("这次提交没有通过安全核对，没有生效。请刷新页面后重新提交。")


class UnsuitablePassword(AccessError):
    """The message says what is wrong with it and never repeats it."""


class InvalidAccount(AccessError):
    """The message names the field and the rule."""


class AccountExists(AccessError):
    def __init__(self, name: str) -> None:
        super().__init__(f"账号“{name}”已经存在。请换一个名字。")
        self.name = name


class UnknownAccount(AccessError):
    def __init__(self, name: str) -> None:
        super().__init__(f"没有账号“{name}”。运行 zhengwen accounts list 可以查看全部账号。")
        self.name = name


class LastAdministrator(AccessError):
    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”是最后一个可用的管理员，不能停用，也不能去掉管理员角色。请先新建另一个管理员账号。")
        self.name = name


class AuditKeyUnreadable(AccessError):
    def __init__(self, where: str) -> None:
        super().__init__(f"操作记录的密钥读不出来（{where}）。应为 64 位十六进制数；请从备份恢复，或者检查文件权限。")
        self.where = where


class AuditTrailBroken(AccessError):
    """The message says which row is the first bad one."""

    def __init__(self, found: str) -> None:
        super().__init__(f"{found}请保留现场（数据库和 home 文件夹各留一份副本），再用备份比对。")


class IdentityTaken(AccessError):
    def __init__(self, subject: str) -> None:
        super().__init__(f"统一身份“{subject}”已经绑定了账号。请先解除原来的绑定，或核对后重填。")
        self.subject = subject


class OwnAccount(AccessError):
    def __init__(self) -> None:
        super().__init__("不能停用自己正在使用的账号。如果确需停用，请由另一位管理员操作。")


class ReasonMissing(AccessError):
    def __init__(self) -> None:
        super().__init__("请写明原因，会记入操作记录。")


class ApiKeyNeeded(AccessError):
    def __init__(self) -> None:
        super().__init__("没有提供 API 密钥。请在请求头里写 Authorization: Bearer 加密钥；密钥由管理员在“接口密钥”里新建。")


class ApiKeyRefused(AccessError):
    """The message says whether it is unknown, expired or revoked."""


class ScopeMissing(AccessError):
    def __init__(self, prefix: str, scope: str) -> None:
        super().__init__(f"API 密钥 {prefix} 没有“{scope}”权限。如果工作需要，请管理员新建一个有这项权限的密钥。")
        self.scope = scope


class InvalidApiKey(AccessError):
    """The message names the field and the rule."""


class UnknownApiKey(AccessError):
    def __init__(self) -> None:
        super().__init__("没有这个 API 密钥。运行 zhengwen keys list，或在“接口密钥”里可以查看全部密钥。")


class SiteNotPermitted(AccessError):
    """A page of `origin` asked, and that site is not among those that may embed the chat."""

    def __init__(self, origin: str) -> None:
        super().__init__("这个网站还没有获准使用在线咨询。请联系咨询服务的管理员，把网站的地址加入 ZHENGWEN_WIDGET_ORIGINS 后再试。")
        self.origin = origin
