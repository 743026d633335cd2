"""The HTTP client below the `openai` client: no proxies from the environment, no redirects, and at most so many bytes of an answer."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2


class TooManyBytes(Exception):
    """More than a sensible answer has."""


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, most: int) -> None:
        self._stream, self._most = stream, most

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for part in self._stream:
            read += len(part)
            if read > self._most:
                raise TooManyBytes
            yield part

    def close(self) -> None:
        self._stream.close()


def bounded_client(most: int) -> httpx2.Client:
    """`most` bytes are read of each answer; what comes after them breaks it off."""

    def bound(response: httpx2.Response) -> None:
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Bounded(response.stream, most)

    # Compressed bytes could not be bounded: a small answer may become a large one.
    return httpx2.Client(
        event_hooks={"response": [bound]}, headers={"Accept-Encoding": "identity"}, trust_env=False, follow_redirects=False
    )
