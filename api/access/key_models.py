"""Frozen values of the keys that other systems come in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a key opens. A new door names its scope here; pages, commands and documentation read the labels from here."""

    ANSWER = "answer"
    SEARCH = "search"
    POLICIES = "policies"
    ROUTE = "route"

    @property
    def label(self) -> str:
        return _LABELS[self][0]

    @property
    def duty(self) -> str:
        """One line for whoever ticks it."""
        return _LABELS[self][1]


_LABELS = {
    Scope.ANSWER: ("提问", "提出问题，得到注明依据的答复；问题遮盖个人信息后保存，与市民提问相同"),
    Scope.SEARCH: ("查条款", "检索现行有效的条款，逐字给出原文和出处"),
    Scope.POLICIES: ("查文件", "查政策文件的有效性、历史和原文，只读"),
    Scope.ROUTE: ("分派", "查一件诉求应由哪个部门承办，不登记工单"),
}


class KeyState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return {"active": "可用", "expired": "已过期", "revoked": "已停用"}[self.value]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key: never the key itself. `id` is the part that may be shown; `owner` who answers for its use.

    `expires_on` is the last day it works, in China; None: no end. `last_used_at` is right to the minute.
    """

    id: str
    name: str
    owner: str
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    expires_on: date | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str = ""

    def state_on(self, day: date) -> KeyState:
        if self.revoked_at is not None:
            return KeyState.REVOKED
        return KeyState.EXPIRED if self.expires_on is not None and day > self.expires_on else KeyState.ACTIVE

    @property
    def prefix(self) -> str:
        """How the key begins."""
        return f"{KEY_MARK}{self.id}"

    @property
    def scope_labels(self) -> str:
        return "、".join(scope.label for scope in Scope if scope in self.scopes)


KEY_MARK = "zw_"
"""What every key begins with, so that scanners of source code find one that was left there."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """`secret` is the whole key; it is shown once and kept nowhere."""

    key: ApiKey
    secret: str
