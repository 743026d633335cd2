"""What a door for other systems asks for: an API key with the scope that opens it.

    Caller = Annotated[ApiKey, Depends(key_with(Scope.ANSWER))]

The key comes in the header `Authorization: Bearer …`, never in an address, which would stand in logs.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from starlette.datastructures import Headers

from api.access.errors import AccessError
from api.access.key_models import ApiKey, Scope
from api.container import Container
from api.dependencies import UsedContainer
from api.rate_limits import Who, counted_address
from api.visitor import client_address

_SCHEME = "bearer"


def bearer_of(headers: Headers) -> str:
    """The key that was sent, "" for none."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == _SCHEME else ""


def admitted_key(container: Container, secret: str, address: str, path: str, scope: Scope | None = None) -> ApiKey:
    """Counted as a use of the key. Raises ApiKeyNeeded, ApiKeyRefused, ScopeMissing, TooManyRequests, StoreUnavailable."""
    try:
        key = container.keys.admit(secret, scope)
    except AccessError:
        # Whoever tries out keys is a visitor like any other.
        container.rates.note(Who.VISITOR, counted_address(address), path)
        raise
    container.rates.note(Who.KEY, key.id, path)
    return key


def key_with(scope: Scope | None = None) -> Callable[..., ApiKey]:
    """A dependency that returns the key and leaves it in the request's state.

    It raises ApiKeyNeeded, ApiKeyRefused, ScopeMissing, TooManyRequests.
    """

    def check(request: Request, container: UsedContainer) -> ApiKey:
        key = admitted_key(container, bearer_of(request.headers), client_address(request), request.url.path, scope)
        request.state.api_key = key
        return key

    return check
