"""An httpx transport whose every connection goes through GuardedBackend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import cast

import httpcore
import httpx

from knowledge_base.adapters.web.guarded_network import GuardedBackend

# A connection that is kept stays with the address that was judged; it is not kept for long, as servers move.
_MOST, _MOST_KEPT, _KEPT_S = 4, 2, 15.0


class GuardedTransport(httpx.BaseTransport):
    """`proxy` is an address such as http://10.0.0.1:3128, "" for none; the environment is never asked for one."""

    def __init__(self, backend: GuardedBackend, ssl_context: SSLContext, proxy: str = "") -> None:
        self._pool = _through(proxy, backend, ssl_context) if proxy else _direct(backend, ssl_context)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path)
        stream = cast("httpx.SyncByteStream", request.stream)
        asked = httpcore.Request(request.method, url, headers=request.headers.raw, content=stream, extensions=request.extensions)
        with _in_words_of_httpx():
            answer = self._pool.handle_request(asked)
        body = _Body(cast("Iterable[bytes]", answer.stream), answer)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


def _direct(backend: GuardedBackend, ssl_context: SSLContext) -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context,
        network_backend=backend,
        max_connections=_MOST,
        max_keepalive_connections=_MOST_KEPT,
        keepalive_expiry=_KEPT_S,
    )


def _through(proxy: str, backend: GuardedBackend, ssl_context: SSLContext) -> httpcore.ConnectionPool:
    return httpcore.HTTPProxy(
        proxy,
        ssl_context=ssl_context,
        network_backend=backend,
        max_connections=_MOST,
        max_keepalive_connections=_MOST_KEPT,
        keepalive_expiry=_KEPT_S,
    )


class _Body(httpx.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes], answer: httpcore.Response) -> None:
        self._chunks, self._answer = chunks, answer

    def __iter__(self) -> Iterator[bytes]:
        with _in_words_of_httpx():
            yield from self._chunks

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _in_words_of_httpx() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.ReadTimeout(str(error)) from error
    except (httpcore.ConnectError, httpcore.ProxyError) as error:
        raise httpx.ConnectError(str(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.ReadError(str(error)) from error
