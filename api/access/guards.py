"""What a staff route asks for: who is signed in, with which role, and that the request comes from a page of ours.

    StaffMember = Annotated[Account, Depends(signed_in(Role.OPERATOR))]

A route that depends on `signed_in` has its forms checked too; `csrf_checked` alone is for a route that needs no account.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from api.access.csrf import comes_from_here, is_token_of
from api.access.errors import ForgedRequest, NotPermitted, PasswordChangeNeeded, SessionNeeded
from api.access.models import Account, OpenSession, Role
from api.dependencies import UsedContainer
from api.rate_limits import Who

SESSION_COOKIE = "zhengwen_session"
CSRF_FIELD, CSRF_HEADER = "csrf_token", "x-csrf-token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def _current_session(request: Request, container: UsedContainer) -> OpenSession:
    """Raises SessionNeeded. Leaves `staff` and `csrf_token` in the request's state, where `Pages.render` finds them."""
    token = request.cookies.get(SESSION_COOKIE, "")
    session = container.access.sessions.find(token) if token else None
    if session is None:
        raise SessionNeeded
    request.state.staff, request.state.csrf_token = session.account, session.csrf_token
    return session


CurrentSession = Annotated[OpenSession, Depends(_current_session)]


async def csrf_checked(request: Request, session: CurrentSession) -> None:
    """Raises ForgedRequest where something would be changed without this session's token in the form or in the header."""
    if request.method not in _SAFE_METHODS:
        await require_token(request, session.token)


async def require_token(request: Request, secret: str) -> None:
    """`secret` is the cookie that the token was made from. Raises ForgedRequest."""
    given = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    if not (isinstance(given, str) and is_token_of(secret, given) and comes_from_here(request.headers)):
        raise ForgedRequest


def signed_in(*roles: Role, password_may_be_due: bool = False) -> Callable[..., Account]:
    """A dependency that returns the account. One of `roles` is needed, none named means any.

    It raises SessionNeeded, ForgedRequest, TooManyRequests, PasswordChangeNeeded (unless `password_may_be_due`), NotPermitted.
    """

    def check(
        request: Request, container: UsedContainer, session: CurrentSession, _checked: Annotated[None, Depends(csrf_checked)]
    ) -> Account:
        container.rates.note(Who.ACCOUNT, session.account.name, request.url.path)
        if session.account.must_change_password and not password_may_be_due:
            raise PasswordChangeNeeded
        if not session.account.may(*roles):
            raise NotPermitted("或".join(role.label for role in roles))
        return session.account

    return check
