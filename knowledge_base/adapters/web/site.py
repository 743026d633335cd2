"""A site as a run asks it: behind the guard, as its robots.txt wants, and not too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from knowledge_base.adapters.web.bounded_body import BrokenBody, unpacked
from knowledge_base.adapters.web.fetching import NOTHING_KNOWN, GuardedFetcher, Known, WebAnswer, checked_address, status_of
from knowledge_base.adapters.web.polite_rate import PoliteRate
from knowledge_base.adapters.web.robots import RobotsRules
from knowledge_base.adapters.web.web_rules import FetchLimits
from knowledge_base.sources.address_guard import AddressGuard
from knowledge_base.sources.errors import FetchRefused, ItemFailed
from knowledge_base.sources.ports import Beat

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class ListPart:
    """A sitemap, list page or feed: `address` after redirects, `content` unpacked."""

    address: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class SiteParts:
    """`agent` is the product's name as robots.txt would name it."""

    fetcher: GuardedFetcher
    guard: AddressGuard
    limits: FetchLimits
    rate: PoliteRate
    agent: str


class Site:
    """`delay_s` is the source's own pause; the longer of it and the site's wish holds. Close it after use."""

    def __init__(self, parts: SiteParts, delay_s: float, beat: Beat) -> None:
        self._fetcher, self._guard, self._limits, self._rate = parts.fetcher, parts.guard, parts.limits, parts.rate
        self._delay_s, self._beat = delay_s, beat
        self._robots = RobotsRules(self._read_robots, parts.agent, status_of, parts.limits.max_crawl_delay_s)

    def __enter__(self) -> Site:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._fetcher.close()

    def get(self, address: str, known: Known = NOTHING_KNOWN) -> WebAnswer:
        """A file or page. Raises FetchRefused, ItemGone, ItemFailed."""
        return self._fetcher.get(address, self._limits.max_file_bytes, known=known, before=self._before)

    def list_part(self, address: str) -> ListPart:
        """Raises FetchRefused, ItemGone, ItemFailed."""
        self._beat(f"正在读取列表：{address}")
        answer = self._fetcher.get(address, self._limits.max_list_bytes, before=self._before)
        if answer.content is None:
            raise ItemFailed(address, "网站没有传来内容，没有取到。下次会再试。")
        with answer.content as stream:
            content = stream.read()
        return ListPart(answer.address, self._unpacked(address, content), answer.content_type)

    def _unpacked(self, address: str, content: bytes) -> bytes:
        if not content.startswith(_GZIP_MAGIC):
            return content
        pieces, size = [], 0
        try:
            for piece in unpacked([content], "gzip"):
                size += len(piece)
                if size > self._limits.max_list_bytes:
                    raise FetchRefused(address, "列表解压后过大，没有读取。请核对网址。")
                pieces.append(piece)
        except BrokenBody as error:
            raise ItemFailed(address, "列表的压缩文件已损坏，没有读取。下次会再试。") from error
        return b"".join(pieces)

    def _before(self, address: str) -> None:
        site, host = _site_of(self._guard, address)
        self._robots.require(site, address)
        self._rate.wait(host, max(self._delay_s, self._robots.delay_s(site)), self._still_waiting)

    def _read_robots(self, address: str) -> bytes:
        answer = self._fetcher.get(address, self._limits.max_robots_bytes, before=self._pace_of(address), cut=True)
        if answer.content is None:
            return b""
        with answer.content as stream:
            return stream.read()

    def _pace_of(self, address: str) -> Callable[[str], None]:
        def wait(asked: str) -> None:
            self._rate.wait(_site_of(self._guard, asked)[1], self._delay_s, self._still_waiting)

        self._beat(f"正在读取 {address}")
        return wait

    def _still_waiting(self) -> None:
        self._beat("按网站要求的间隔等待")


def _site_of(guard: AddressGuard, address: str) -> tuple[str, str]:
    """Scheme with host and port, and the host alone."""
    url = checked_address(guard, address)
    host = url.raw_host.decode("ascii")
    name = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{name}" + (f":{url.port}" if url.port else ""), host
