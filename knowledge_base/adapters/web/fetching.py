"""Get one file or page from the web behind the guard: address, redirects, size, time and packing are all bounded."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import IO, BinaryIO, cast

import httpx

from knowledge_base.adapters.web.bounded_body import PACKINGS, BrokenBody, unpacked
from knowledge_base.adapters.web.guarded_network import Deadline, GuardedBackend, Resolve, system_resolver
from knowledge_base.adapters.web.guarded_transport import GuardedTransport
from knowledge_base.adapters.web.web_rules import FetchLimits
from knowledge_base.sources.address_guard import AddressGuard
from knowledge_base.sources.errors import FetchRefused, ItemFailed, ItemGone

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_NOT_MODIFIED = 304
_MIB = 1024 * 1024
Before = Callable[[str], None]
"""Called with each address before it is asked, redirects included. May wait, may raise FetchRefused."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the server said of the copy that is here, "" for nothing: it is asked for changes only."""

    etag: str = ""
    last_modified: str = ""


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came from `address`, after redirects. `content` None where the server says that nothing has changed; close it after use."""

    address: str
    content: BinaryIO | None
    size: int = 0
    digest: str = ""
    content_type: str = ""
    disposition: str = ""
    etag: str = ""
    last_modified: str = ""


class GuardedFetcher:
    """For one thread at a time. `proxy` is the operator's, "" for none. Close it after use."""

    def __init__(
        self, guard: AddressGuard, limits: FetchLimits, user_agent: str, *, resolve: Resolve = system_resolver, proxy: str = ""
    ) -> None:
        self._guard, self._limits, self._proxy = guard, limits, proxy
        self._deadline = Deadline()
        self._backend = GuardedBackend(guard, self._deadline, resolve, through_proxy=bool(proxy))
        self._transport = GuardedTransport(self._backend, _trusted(), proxy)
        self._headers = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Accept-Language": "zh-CN,zh;q=0.9"}
        self._timeouts = {"timeout": httpx.Timeout(limits.read_s, connect=limits.connect_s).as_dict()}

    def close(self) -> None:
        self._transport.close()

    def get(
        self, address: str, max_bytes: int, *, known: Known = NOTHING_KNOWN, before: Before | None = None, cut: bool = False
    ) -> WebAnswer:
        """With `cut` a larger body is kept as far as `max_bytes`. Raises FetchRefused, ItemGone (404, 410) and ItemFailed."""
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        url = checked_address(self._guard, address)
        for _ in range(self._limits.max_redirects + 1):
            if before is not None:
                before(str(url))
            answer = self._ask(url, {name: value for name, value in conditions.items() if value}, max_bytes, cut=cut)
            if isinstance(answer, WebAnswer):
                return answer
            url = answer
        raise FetchRefused(address, f"这个网址转向超过 {self._limits.max_redirects} 次，没有获取。请在浏览器中打开后填写最后的网址。")

    def _ask(self, url: httpx.URL, headers: dict[str, str], max_bytes: int, *, cut: bool) -> WebAnswer | httpx.URL:
        """The answer, or where it redirects to."""
        address = str(url)
        self._deadline.begin(self._limits.total_s)
        if self._proxy:
            self._judge_name(url)
        try:
            # The transport alone: a client would look into redirects, cookies and the environment by itself.
            request = httpx.Request("GET", url, headers=self._headers | headers, extensions=self._timeouts)
            with closing(self._transport.handle_request(request)) as response:
                if response.status_code in _REDIRECTS:
                    return self._redirect(url, response)
                return self._answer(address, response, max_bytes, cut=cut)
        except httpx.TimeoutException as error:
            raise ItemFailed(address, "网站没有在规定时间内传完，没有取到。下次会再试。") from error
        except httpx.ConnectError as error:
            raise ItemFailed(address, "连不上这个网站，或它的安全证书不被信任。请核对网址和网络；下次会再试。") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ItemFailed(address, "网站中途断开或回复不合规范，没有取到。下次会再试。") from error
        except BrokenBody as error:
            raise ItemFailed(address, "网站传来的压缩内容已损坏，没有取到。下次会再试。") from error

    def _judge_name(self, url: httpx.URL) -> None:
        """The proxy resolves names; what this machine can resolve is judged all the same, what it cannot is the proxy's to judge."""
        try:
            self._backend.addresses(url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))
        except FetchRefused:
            raise
        except ItemFailed:
            return

    def _redirect(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        location = response.headers.get("location", "")
        if not location:
            raise ItemFailed(str(url), "网站要求转向却没有说明去哪里，没有取到。")
        self._guard.require_plain(location)
        try:
            joined = str(url.join(location))
        except httpx.InvalidURL as error:
            raise FetchRefused(location, "网站转向了一个写法不规范的网址，没有获取。") from error
        return checked_address(self._guard, joined)

    def _answer(self, address: str, response: httpx.Response, max_bytes: int, *, cut: bool) -> WebAnswer:
        headers = response.headers
        etag, modified = headers.get("etag", "")[:200], headers.get("last-modified", "")[:100]
        if response.status_code == _NOT_MODIFIED:
            return WebAnswer(address, None, etag=etag, last_modified=modified)
        if response.status_code in _GONE:
            raise ItemGone(address, f"打开时网站回复 {response.status_code}：页面已不存在。")
        if response.status_code != 200:
            raise _Status(address, response.status_code)
        content, size, digest = self._body(address, response, max_bytes, cut=cut)
        kind, disposition = headers.get("content-type", "").partition(";")[0].strip().lower(), headers.get("content-disposition", "")
        return WebAnswer(address, content, size, digest, kind, disposition, etag, modified)

    def _body(self, address: str, response: httpx.Response, max_bytes: int, *, cut: bool) -> tuple[BinaryIO, int, str]:
        packing = response.headers.get("content-encoding", "").strip().lower()
        if packing not in PACKINGS:
            raise FetchRefused(address, "网站用了不支持的压缩方式，没有获取。")
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > max_bytes and not cut:
            raise _too_large(address, max_bytes)
        # Closed by whoever takes the answer.
        content = cast("BinaryIO", tempfile.SpooledTemporaryFile(self._limits.spool_bytes))  # noqa: SIM115
        try:
            size, digest = _kept(address, unpacked(response.iter_raw(), packing), content, max_bytes, cut=cut)
        except BaseException:
            content.close()
            raise
        content.seek(0)
        return content, size, digest


class _Status(ItemFailed):
    def __init__(self, address: str, status: int) -> None:
        super().__init__(address, f"网站回复 {status}，没有取到。下次会再试。")
        self.status = status


def status_of(failure: ItemFailed) -> int | None:
    """The HTTP status a request failed with, None where it failed otherwise."""
    return failure.status if isinstance(failure, _Status) else None


@cache
def _trusted() -> SSLContext:
    """Loading the certificates of the authorities takes tens of milliseconds; they stay the same while the process lives."""
    return httpx.create_ssl_context()


def checked_address(guard: AddressGuard, address: str) -> httpx.URL:
    """As it will be asked: without fragment and without the dot of a complete name. Raises FetchRefused."""
    guard.require_plain(address)
    try:
        url = httpx.URL(address)
        host = url.raw_host.decode("ascii")
        if host.endswith(".") and not host.endswith(".."):
            url = url.copy_with(host=host[:-1])
            host = host[:-1]
        guard.require_parts(address, url.scheme, url.userinfo, host, url.port)
        return url.copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchRefused(address, "网址写法不规范，没有获取。请核对网址。") from error


def _kept(address: str, pieces: Iterator[bytes], content: IO[bytes], max_bytes: int, *, cut: bool) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        kept = piece[: max_bytes - size] if cut else piece
        size += len(kept)
        if size > max_bytes:
            raise _too_large(address, max_bytes)
        content.write(kept)
        digest.update(kept)
        if cut and size == max_bytes:
            break
    return size, digest.hexdigest()


def _too_large(address: str, max_bytes: int) -> FetchRefused:
    return FetchRefused(address, f"内容超过 {max_bytes // _MIB} 兆字节的上限，没有获取。请下载后从“上传与审核”上传。")
