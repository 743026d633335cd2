"""What a sitemap, a feed or a list page names. Each reads what a Site gets; XML is parsed without entities, document types or network."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import feedparser
import httpx
from lxml import etree
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from knowledge_base.adapters.parsers.html import decode_page
from knowledge_base.adapters.web.site import ListPart, Site
from knowledge_base.adapters.web.web_rules import FetchLimits
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import RawDocument
from knowledge_base.sources.errors import ItemFailed, ItemGone, ListingFailed
from knowledge_base.sources.models import Listed, Source

_NEXT_PAGE = ("下一页", "下页", "后一页", ">", "»", "next")
_LONGEST_TITLE = 200


@dataclass
class SiteList:
    """Reads one listing; `complete` turns False where a part of it could not be read."""

    site: Site
    source: Source
    limits: FetchLimits
    complete: bool = True

    def sitemap(self) -> Iterator[Listed]:
        waiting, read = [(self.source.address, 1)], 0
        while waiting:
            address, depth = waiting.pop(0)
            read += 1
            part = self._part(address, first=read == 1)
            if part is None:
                continue
            parts, found, is_sound = _read_sitemap(part)
            self.complete = self.complete and is_sound
            yield from found
            waiting += [(inner, depth + 1) for inner in parts]
            if waiting and (depth >= self.limits.max_sitemap_depth or read + len(waiting) > self.limits.max_sitemaps):
                self.complete = False
                waiting = waiting[: max(0, self.limits.max_sitemaps - read)] if depth < self.limits.max_sitemap_depth else []

    def feed(self) -> Iterator[Listed]:
        part = self._part(self.source.address, first=True)
        if part is not None:
            yield from _read_feed(part)

    def list_pages(self) -> Iterator[Listed]:
        address, seen = self.source.address, set[str]()
        for number in range(1, self.limits.max_list_pages + 1):
            part = self._part(address, first=number == 1)
            if part is None:
                return
            page = LexborHTMLParser(_decoded(part))
            links = [listed for listed in _links(page, part.address, self.source.link_selector) if listed.address not in seen]
            yield from links
            seen.update(listed.address for listed in links)
            following = self._next_page(page, part.address, number)
            if not links or not following or following == address:
                return
            address = following
        self.complete = False

    def _next_page(self, page: LexborHTMLParser, base: str, number: int) -> str:
        if self.source.more_pages:
            return self.source.more_pages.replace("{n}", str(number))
        for link in page.css("a[href]"):
            words = (link.text() or "").strip().lower()
            if words in _NEXT_PAGE or (link.attributes.get("rel") or "") == "next":
                return _joined(base, link.attributes.get("href") or "")
        return ""

    def _part(self, address: str, *, first: bool) -> ListPart | None:
        """None where it is not the first and cannot be read: what the others name counts all the same."""
        try:
            return self.site.list_part(address)
        except ItemGone as gone:
            # Further pages of a list end where the site has none any more.
            if first:
                raise ListingFailed(f"读不到列表：{gone.reason}请核对地址。") from gone
            self.complete = self.complete and bool(self.source.more_pages)
            return None
        except ItemFailed as failed:
            if first:
                raise ListingFailed(f"读不到列表：{failed.reason}") from failed
            self.complete = False
            return None


def _read_sitemap(part: ListPart) -> tuple[list[str], list[Listed], bool]:
    """Further sitemaps, addresses, and whether it could be read to its end; plain text has one address a line. Raises ListingFailed."""
    if not part.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = part.content.decode("utf-8", errors="replace").splitlines()
        return [], [Listed(line.strip()) for line in lines if line.strip().startswith(("http://", "https://"))], True
    root, is_sound = _xml(part.content)
    if etree.QName(root).localname == "sitemapindex":
        return [_text(entry, "loc") for entry in root if _text(entry, "loc")], [], is_sound
    found = [Listed(_joined(part.address, _text(entry, "loc")), listed_as=_text(entry, "lastmod")) for entry in root if _text(entry, "loc")]
    return [], found, is_sound


def _xml(content: bytes) -> tuple[Any, bool]:
    """The root, and whether all of it is well-formed; sites forget to write &amp; and break off, and what can be read of those is read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    # Neither format has a document type; declared entities would only be there to expand.
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:65536]:
        raise ListingFailed("网站地图里有不允许的实体声明，可能有恶意，没有读取。请核对地址。")
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ListingFailed("网站地图不是规范的 XML，没有读取。请核对地址是否正确。") from error
    if root is None or etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        raise ListingFailed("这个地址不是网站地图。请核对地址，或改选“列表页”“订阅源”。")
    return root, len(parser.error_log) == 0


def _text(entry: Any, name: str) -> str:
    # Comments and processing instructions have no name of text.
    if not isinstance(entry.tag, str):
        return ""
    found = next((child for child in entry if isinstance(child.tag, str) and etree.QName(child).localname == name), None)
    return (found.text or "").strip() if found is not None else ""


def _read_feed(part: ListPart) -> Iterator[Listed]:
    if b"<!ENTITY" in part.content:
        raise ListingFailed("订阅源里有不允许的实体声明，可能有恶意，没有读取。请核对地址。")
    # Handed over as a stream: the library would take a text for an address and fetch it.
    told = {"content-type": part.content_type, "content-location": part.address}
    feed = feedparser.parse(io.BytesIO(part.content), response_headers=told, sanitize_html=False, resolve_relative_uris=False)
    if not feed.version and not feed.entries:
        raise ListingFailed("这个地址不是 RSS 或 Atom 订阅源。请核对地址，或改选“列表页”“网站地图”。")
    for entry in feed.entries:
        link = entry.get("link", "")
        if link:
            # Not by the library's own look-up, which takes one date for the other.
            age = dict.get(entry, "updated") or dict.get(entry, "published") or ""
            yield Listed(_joined(part.address, link), _title(entry.get("title", "")), age)


def _decoded(part: ListPart) -> str:
    try:
        return decode_page(RawDocument(part.address, part.content, part.address))[0]
    except UnreadableDocument as error:
        raise ListingFailed("认不出列表页的文字编码，没有读取。请核对地址是不是网页。") from error


def _links(page: LexborHTMLParser, base: str, selector: str) -> Iterator[Listed]:
    """Links in the part that the selector names, else in the whole page; those that lead nowhere else are left out."""
    base_tag = page.css_first("base[href]")
    base = _joined(base, base_tag.attributes.get("href") or "") or base if base_tag is not None else base
    try:
        areas = page.css(selector) if selector else [page.root]
    except (SelectolaxError, ValueError) as error:
        raise ListingFailed("链接位置（CSS 选择器）写法不对，没有读取。例：ul.list a。") from error
    for area in areas:
        if area is not None:
            for link in [area] if area.tag == "a" else area.css("a[href]"):
                yield from _link(link, base)


def _link(link: LexborNode, base: str) -> Iterator[Listed]:
    address = _joined(base, (link.attributes.get("href") or "").strip())
    if address.startswith(("http://", "https://")) and address != base:
        yield Listed(address, _title(link.attributes.get("title") or link.text() or ""))


def _joined(base: str, link: str) -> str:
    """ "" for what is no address. The fragment goes: it names a place inside the same page."""
    if not link or link.startswith("#"):
        return ""
    try:
        return str(httpx.URL(base).join(link).copy_with(fragment=None))
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return ""


def _title(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TITLE]
