"""An identity provider elsewhere, as OIDC's authorization-code flow is seen from here: the browser leaves and returns with a code."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from api.access.errors import IdentityRefused
from api.access.models import Identity
from api.access.ports import SignInAnswer


class RedirectingProvider:
    """Knows which code stands for which subject."""

    def __init__(self, name: str, subjects: Mapping[str, str]) -> None:
        self.name, self.label = name, "市统一身份认证"
        self._subjects = subjects

    def begin(self, state: str, callback: str) -> str | None:
        return f"https://login.example/authorize?{urlencode({'response_type': 'code', 'state': state, 'redirect_uri': callback})}"

    def complete(self, answer: SignInAnswer) -> Identity:
        subject = self._subjects.get(answer.fields.get("code", ""))
        if subject is None:
            raise IdentityRefused
        return Identity(self.name, subject)
