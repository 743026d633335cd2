"""How large the body of a request may be: small for everybody, large only where a signed-in administrator hands in files."""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request
from starlette.types import Scope

from api.access.guards import SESSION_COOKIE
from api.access.models import Role
from api.access.sessions import Sessions
from api.content.addresses import SHEET_ADDRESSES

FILE_ADDRESSES = ("/admin/uploads", *SHEET_ADDRESSES)
"""Where files are received, and everything below."""
# What a form puts around its files.
_FRAME_BYTES = 512 << 10


class BodyLimits:
    """`usual` and `files` in bytes. Asking costs nothing but for the addresses that take files."""

    def __init__(self, usual: int, files: int, sessions: Sessions) -> None:
        self.usual, self.files, self._sessions = usual, files, sessions

    async def of(self, scope: Scope) -> int:
        """Nobody without a session of an administrator can make the service take in more than the usual."""
        if scope["method"] != "POST" or not any(scope["path"] == at or scope["path"].startswith(f"{at}/") for at in FILE_ADDRESSES):
            return self.usual
        token = Request(scope).cookies.get(SESSION_COOKIE, "")
        may = bool(token) and await to_thread.run_sync(self._may_hand_in, token)
        return self.files + _FRAME_BYTES if may else self.usual

    def _may_hand_in(self, token: str) -> bool:
        session = self._sessions.find(token)
        return session is not None and session.account.may(Role.ADMINISTRATOR) and not session.account.must_change_password
