"""Web sites and folders as places: sitemaps, feeds, list pages, robots.txt, pace, digests of pages, links out of a folder."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from knowledge_base.adapters.folders.folder_places import FolderPlaces
from knowledge_base.adapters.parsers.html import HtmlParser, load_html_rules
from knowledge_base.adapters.parsers.limits import load_limits
from knowledge_base.adapters.parsers.metadata_hints import load_hint_names
from knowledge_base.adapters.web.fetching import GuardedFetcher
from knowledge_base.adapters.web.polite_rate import PoliteRate
from knowledge_base.adapters.web.site import Site, SiteParts
from knowledge_base.adapters.web.web_places import WebPlaces
from knowledge_base.adapters.web.web_rules import load_web_rules
from knowledge_base.sources.address_guard import AddressGuard, load_address_rules
from knowledge_base.sources.address_patterns import is_wanted
from knowledge_base.sources.errors import FetchRefused, InvalidSource, ItemFailed, ItemGone, ListingFailed
from knowledge_base.sources.models import ItemState, Listed, Source, SourceKind
from knowledge_base.sources.permits import read_permits
from knowledge_base.sources.ports import Beat, Fetched, Place
from tests.knowledge_base.web_servers import WebServer, a_web_server
from tests.source_factories import a_source, an_item

RULES = load_web_rules()
SUFFIXES = frozenset({".txt", ".html", ".pdf"})


@dataclass
class Clockwork:
    """Seconds that pass only by waiting."""

    now: float = 100.0
    waits: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(seconds)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with a_web_server() as server:
        yield server


@pytest.fixture
def clockwork() -> Clockwork:
    return Clockwork()


@pytest.fixture
def places(server: WebServer, clockwork: Clockwork) -> WebPlaces:
    guard = AddressGuard(load_address_rules(), read_permits(f"127.0.0.1:{server.port}"))
    rate = PoliteRate(lambda: clockwork.now, clockwork.wait)

    def make_site(source: Source, beat: Beat) -> Site:
        return Site(
            SiteParts(GuardedFetcher(guard, RULES.limits, "zhengwen/test"), guard, RULES.limits, rate, "zhengwen"), source.delay_s, beat
        )

    return WebPlaces(guard, RULES, HtmlParser(load_limits(), load_hint_names(), load_html_rules()), make_site)


def quiet(_doing: str) -> None:
    return None


def listed(places: WebPlaces, source: Source, look: Callable[[Place], None] = lambda _place: None) -> list[Listed]:
    with places.open(source, quiet) as place:
        found = list(place.listed())
        look(place)
    return found


def paths(found: list[Listed], server: WebServer) -> list[str]:
    return [entry.address.removeprefix(server.url("")) for entry in found]


def fetch(places: WebPlaces, source: Source, address: str, etag: str = "", last_modified: str = "") -> Fetched:
    known = an_item(address, etag=etag, last_modified=last_modified) if etag or last_modified else None
    with places.open(source, quiet) as place:
        return place.fetch(address, known)


def a_sitemap(*entries: str, root: str = "urlset") -> str:
    inner = "".join(
        f"<{'url' if root == 'urlset' else 'sitemap'}>{entry}</{'url' if root == 'urlset' else 'sitemap'}>" for entry in entries
    )
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'


# Sitemaps


def test_a_sitemap_names_addresses_with_their_age(places: WebPlaces, server: WebServer) -> None:
    server.page("/sitemap.xml", a_sitemap(f"<loc>{server.url('/a.html')}</loc><lastmod>2026-11-01</lastmod>", "<loc>/b.html</loc>"))
    found = listed(places, a_source(address=server.url("/sitemap.xml")))
    assert [(entry.address, entry.listed_as) for entry in found] == [(server.url("/a.html"), "2026-11-01"), (server.url("/b.html"), "")]


def test_an_index_of_sitemaps_packed_or_plain_is_followed(places: WebPlaces, server: WebServer) -> None:
    index = a_sitemap(*(f"<loc>{server.url(path)}</loc>" for path in ("/1.xml.gz", "/2.txt")), root="sitemapindex")
    server.page("/sitemap.xml", index)
    server.page("/1.xml.gz", gzip.compress(a_sitemap("<loc>/a.html</loc>").encode()), "application/x-gzip")
    server.page("/2.txt", f"{server.url('/b.html')}\nkein link\n{server.url('/a.html')}\n", "text/plain")
    assert paths(listed(places, a_source(address=server.url("/sitemap.xml"))), server) == ["/a.html", "/b.html"]


def test_a_part_of_an_index_that_cannot_be_read_makes_the_list_incomplete(places: WebPlaces, server: WebServer) -> None:
    server.page(
        "/sitemap.xml",
        a_sitemap("<loc>/a.xml</loc>", "<loc>/b.xml</loc>", root="sitemapindex")
        .replace("/a.xml", server.url("/a.xml"))
        .replace(">/b.xml", f">{server.url('/b.xml')}"),
    )
    server.page("/a.xml", "broken", status=503)
    server.page("/b.xml", a_sitemap("<loc>/b.html</loc>"))
    complete: list[bool] = []
    found = listed(places, a_source(address=server.url("/sitemap.xml")), lambda place: complete.append(place.complete))
    assert paths(found, server) == ["/b.html"]
    assert complete == [False]


def test_sitemaps_that_name_each_other_end(places: WebPlaces, server: WebServer) -> None:
    server.page("/sitemap.xml", a_sitemap(f"<loc>{server.url('/sitemap.xml')}</loc>", root="sitemapindex"))
    complete: list[bool] = []
    assert listed(places, a_source(address=server.url("/sitemap.xml")), lambda place: complete.append(place.complete)) == []
    assert complete == [False]
    assert server.paths.count("/sitemap.xml") == RULES.limits.max_sitemap_depth


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><urlset/>',
        "<html><body>不是网站地图</body></html>",
        "",
    ],
)
def test_what_is_no_sitemap_or_means_harm_is_refused_in_words(places: WebPlaces, server: WebServer, content: str) -> None:
    server.page("/sitemap.xml", content)
    source = a_source(address=server.url("/sitemap.xml"))
    if content:
        with pytest.raises(ListingFailed, match="网站地图"):
            listed(places, source)
    else:
        assert listed(places, source) == []


def test_a_sitemap_that_breaks_off_is_read_as_far_as_it_goes_and_is_incomplete(places: WebPlaces, server: WebServer) -> None:
    whole = a_sitemap("<loc>/a.html?x=1&y=2</loc>", "<loc>/b.html</loc>")
    server.page("/sitemap.xml", whole[: whole.index("/b.html")])
    complete: list[bool] = []
    found = listed(places, a_source(address=server.url("/sitemap.xml")), lambda place: complete.append(place.complete))
    assert paths(found, server)[0].startswith("/a.html")
    assert complete == [False]


def test_a_packed_sitemap_that_unpacks_to_too_much_is_refused(places: WebPlaces, server: WebServer) -> None:
    server.page("/sitemap.xml.gz", gzip.compress(b" " * (RULES.limits.max_list_bytes + 1)), "application/gzip")
    with pytest.raises(ListingFailed, match="过大"):
        listed(places, a_source(address=server.url("/sitemap.xml.gz")))


# Feeds


def test_a_feed_names_its_entries(places: WebPlaces, server: WebServer) -> None:
    entries = f"<item><title>居住证办法</title><link>{server.url('/a.html')}</link><pubDate>Sun, 22 Nov 2026 00:00:00 GMT</pubDate></item>"
    server.page(
        "/feed", f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{entries}</channel></rss>', "application/rss+xml"
    )
    (entry,) = listed(places, a_source(kind=SourceKind.FEED, address=server.url("/feed")))
    assert entry == Listed(server.url("/a.html"), "居住证办法", "Sun, 22 Nov 2026 00:00:00 GMT")


def test_an_atom_feed_in_gbk_with_relative_links_is_read(places: WebPlaces, server: WebServer) -> None:
    feed = (
        '<?xml version="1.0" encoding="gb2312"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>'
        '<entry><title>公积金办法</title><link href="/b.html"/><updated>2026-11-01T00:00:00Z</updated></entry></feed>'
    )
    server.page("/atom", feed.encode("gb2312"), "application/atom+xml")
    (entry,) = listed(places, a_source(kind=SourceKind.FEED, address=server.url("/atom")))
    assert (entry.address, entry.title) == (server.url("/b.html"), "公积金办法")


@pytest.mark.parametrize("content", ["<html><p>x</p></html>", '<!DOCTYPE r [<!ENTITY a "x">]><rss version="2.0"/>'])
def test_what_is_no_feed_or_declares_entities_is_refused_in_words(places: WebPlaces, server: WebServer, content: str) -> None:
    server.page("/feed", content)
    with pytest.raises(ListingFailed, match="订阅源"):
        listed(places, a_source(kind=SourceKind.FEED, address=server.url("/feed")))


# List pages

LIST = """<html><head><meta charset="gbk"></head><body><nav><a href="/">首页</a></nav>
<ul class="list"><li><a href="a.html" title="示范市居住证管理办法">示范市居住证…</a></li><li><a href="./b.html#top">公积金</a></li>
<li><a href="javascript:void(0)">x</a><a href="mailto:a@b.c">y</a><a>z</a></li></ul>
<a href="https://other.shifan.example/c.html">别处</a> {next}</body></html>"""


def a_list_source(server: WebServer, **fields: object) -> Source:
    return a_source(kind=SourceKind.LIST_PAGE, address=server.url("/zcwj/"), **fields)


def test_links_of_the_same_site_are_found_with_their_titles_in_gbk(places: WebPlaces, server: WebServer) -> None:
    server.page("/zcwj/", LIST.format(next="").encode("gbk"), "text/html")
    found = listed(places, a_list_source(server))
    assert paths(found, server) == ["/", "/zcwj/a.html", "/zcwj/b.html"]
    assert found[1].title == "示范市居住证管理办法"


def test_a_selector_names_the_part_that_holds_the_links(places: WebPlaces, server: WebServer) -> None:
    server.page("/zcwj/", LIST.format(next="").encode("gbk"))
    assert paths(listed(places, a_list_source(server, link_selector="ul.list")), server) == ["/zcwj/a.html", "/zcwj/b.html"]
    with pytest.raises(ListingFailed, match="CSS 选择器"):
        listed(places, a_list_source(server, link_selector="ul[["))


def test_patterns_choose_addresses_also_of_other_sites(places: WebPlaces, server: WebServer) -> None:
    server.page("/zcwj/", LIST.format(next="").encode("gbk"))
    assert paths(listed(places, a_list_source(server, include=("/zcwj/*.html",), exclude=("b.html",))), server) == ["/zcwj/a.html"]
    assert [e.address for e in listed(places, a_list_source(server, include=("other.",)))] == ["https://other.shifan.example/c.html"]


def test_the_next_page_is_followed_until_nothing_new_comes(places: WebPlaces, server: WebServer) -> None:
    server.page("/zcwj/", LIST.format(next='<a href="2.html">下一页</a>').encode("gbk"))
    server.page("/zcwj/2.html", '<ul class="list"><a href="d.html">四</a></ul><a href="2.html">下一页</a>')
    assert paths(listed(places, a_list_source(server, link_selector="ul.list")), server) == ["/zcwj/a.html", "/zcwj/b.html", "/zcwj/d.html"]


def test_numbered_pages_are_followed_until_the_site_has_none(places: WebPlaces, server: WebServer) -> None:
    server.page("/zcwj/", LIST.format(next="").encode("gbk"))
    server.page("/zcwj/index_1.html", '<ul class="list"><a href="d.html">四</a></ul>')
    complete: list[bool] = []
    source = a_list_source(server, link_selector="ul.list", more_pages=server.url("/zcwj/index_{n}.html"))
    found = listed(places, source, lambda place: complete.append(place.complete))
    assert paths(found, server) == ["/zcwj/a.html", "/zcwj/b.html", "/zcwj/d.html"]
    assert complete == [True]
    assert "/zcwj/index_2.html" in server.paths


def test_a_list_that_is_not_there_is_said_in_words(places: WebPlaces, server: WebServer) -> None:
    with pytest.raises(ListingFailed, match="404"):
        listed(places, a_list_source(server))


@pytest.mark.parametrize(
    ("address", "include", "exclude", "wanted"),
    [
        ("https://a/zcwj/1.html", (), (), True),
        ("https://a/zcwj/1.html", ("/zcwj/",), (), True),
        ("https://a/ZCWJ/1.HTML", ("/zcwj/*.html",), (), True),
        ("https://a/news/1.html", ("/zcwj/",), (), False),
        ("https://a/zcwj/1.html", ("/zcwj/",), ("1.html",), False),
        ("https://a/zcwj/1.html", ("*",), (), True),
        ("https://a/zcwj/1.html", (".html*zcwj",), (), False),
        ("https://a/" + "a" * 1500, ("a*" * 200 + "b",), (), False),
    ],
)
def test_patterns_are_words_in_their_order(address: str, include: tuple[str, ...], exclude: tuple[str, ...], wanted: bool) -> None:
    assert is_wanted(address, include, exclude) is wanted


# robots.txt and pace


def test_what_robots_forbid_is_not_fetched(places: WebPlaces, server: WebServer) -> None:
    server.page("/robots.txt", "User-agent: *\nDisallow: /secret/\nAllow: /secret/open.html\n", "text/plain")
    server.page("/secret/a.html", "x")
    server.page("/secret/open.html", "第一条")
    source = a_list_source(server)
    with pytest.raises(FetchRefused, match="robots"):
        fetch(places, source, server.url("/secret/a.html"))
    assert fetch(places, source, server.url("/secret/open.html")).size > 0
    assert "/secret/a.html" not in server.paths


def test_rules_for_this_product_outrank_those_for_all(places: WebPlaces, server: WebServer) -> None:
    server.page("/robots.txt", "User-agent: *\nAllow: /\n\nUser-agent: zhengwen\nDisallow: /\n", "text/plain")
    with pytest.raises(ListingFailed, match="robots"):
        listed(places, a_list_source(server))
    assert server.paths == ["/robots.txt"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_site_that_cannot_give_its_robots_is_not_fetched(places: WebPlaces, server: WebServer, status: int) -> None:
    server.page("/robots.txt", "", status=status)
    server.page("/zcwj/", LIST)
    with pytest.raises(ListingFailed, match="robots"):
        listed(places, a_list_source(server))
    assert server.paths == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_may_be_fetched(places: WebPlaces, server: WebServer, status: int) -> None:
    server.page("/robots.txt", "", status=status)
    server.page("/zcwj/", LIST)
    assert listed(places, a_list_source(server))


def test_a_redirect_into_what_robots_forbid_is_not_followed(places: WebPlaces, server: WebServer) -> None:
    server.page("/robots.txt", "User-agent: *\nDisallow: /secret/\n", "text/plain")
    server.redirect("/a.html", "/secret/a.html")
    with pytest.raises(FetchRefused, match="robots"):
        fetch(places, a_list_source(server), server.url("/a.html"))


def test_robots_are_read_once_per_run_and_requests_keep_their_pause(places: WebPlaces, server: WebServer, clockwork: Clockwork) -> None:
    server.page("/zcwj/", LIST.format(next="").encode("gbk"))
    for name in ("a", "b"):
        server.page(f"/zcwj/{name}.html", "第一条")
    with places.open(a_list_source(server, delay_s=3.0), quiet) as place:
        for entry in list(place.listed())[1:]:
            place.fetch(entry.address, None)
    assert server.paths == ["/robots.txt", "/zcwj/", "/zcwj/a.html", "/zcwj/b.html"]
    assert clockwork.waits == [3.0, 3.0, 3.0]


def test_the_longer_pause_of_site_and_source_holds(places: WebPlaces, server: WebServer, clockwork: Clockwork) -> None:
    server.page("/robots.txt", "User-agent: *\nCrawl-delay: 12\n", "text/plain")
    server.page("/a.html", "第一条")
    beats: list[str] = []
    with places.open(a_list_source(server, delay_s=1.0), beats.append) as place:
        place.fetch(server.url("/a.html"), None)
    assert sum(clockwork.waits) == 12.0
    assert "按网站要求的间隔等待" in beats, "a long wait tells that it goes on, and can be ended"


def test_a_site_that_wants_a_pause_beyond_all_measure_is_not_fetched(places: WebPlaces, server: WebServer) -> None:
    server.page("/robots.txt", "User-agent: *\nCrawl-delay: 86400\n", "text/plain")
    with pytest.raises(FetchRefused, match="86400 秒"):
        fetch(places, a_list_source(server), server.url("/a.html"))


# Pages


def a_policy_page(counter: str = "浏览次数：1", text: str = "第一条 为了规范居住证管理，制定本办法，凡在本市居住的都适用。") -> str:
    return f"<html><head><title>居住证办法-示范市</title></head><body><div id='zoom'><p>{text}</p><p>{counter}</p></div></body></html>"


def test_a_page_has_the_same_text_when_only_its_frame_has_changed(places: WebPlaces, server: WebServer) -> None:
    source = a_list_source(server)
    server.page("/a.html", a_policy_page())
    first = fetch(places, source, server.url("/a.html"))
    server.page("/a.html", a_policy_page("浏览次数：2").replace("<body>", "<body><div class='date'>今天是2026年11月22日</div>"))
    second = fetch(places, source, server.url("/a.html"))
    server.page("/a.html", a_policy_page(text="第一条 为了规范居住证管理，修订本办法，凡在本市居住的都适用。"))
    third = fetch(places, source, server.url("/a.html"))
    assert first.digest != second.digest
    assert first.text_digest == second.text_digest != third.text_digest
    assert (first.title, first.name) == ("居住证办法", "a.html")


def test_a_counter_inside_a_provision_still_counts_as_text(places: WebPlaces, server: WebServer) -> None:
    source = a_list_source(server)
    long = (
        "第二条 网站应当公布各栏目的浏览次数、访问量和点击率，每月统计一次，并在次月十日前向社会公开全部统计结果，接受监督，数据保存{}年。"
    )
    server.page("/a.html", a_policy_page(text=long.format("三")))
    first = fetch(places, source, server.url("/a.html"))
    server.page("/a.html", a_policy_page(text=long.format("五")))
    assert fetch(places, source, server.url("/a.html")).text_digest != first.text_digest


def test_a_server_is_asked_for_changes_only(places: WebPlaces, server: WebServer) -> None:
    server.page("/a.html", a_policy_page(), ETag='"7"')
    source = a_list_source(server)
    again = fetch(places, source, server.url("/a.html"), '"7"', "Sun, 22 Nov 2026 00:00:00 GMT")
    assert again.content is None
    asked = server.asked[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"7"', "Sun, 22 Nov 2026 00:00:00 GMT")


@pytest.mark.parametrize(
    ("path", "kind", "headers", "name"),
    [
        ("/P020261122.pdf", "application/pdf", {}, "P020261122.pdf"),
        ("/download?id=7", "application/pdf", {"Content_Disposition": 'attachment; filename="rule.pdf"'}, "rule.pdf"),
        ("/x", "application/octet-stream", {"Content_Disposition": "attachment; filename*=UTF-8''%E5%8A%9E%E6%B3%95.docx"}, "办法.docx"),
        ("/zcwj/", "text/html", {}, "zcwj.html"),
        ("/t1.shtml", "text/html;charset=gbk", {}, "t1.shtml"),
        ("/%E5%8A%9E%E6%B3%95.doc", "application/msword", {}, "办法.doc"),
        (
            "/get",
            "application/octet-stream",
            {"Content_Disposition": 'attachment; filename="..\\\\..\\\\etc/passwd.pdf"'},
            "_.._etc_passwd.pdf",
        ),
    ],
)
def test_a_file_is_called_as_its_site_calls_it_with_the_suffix_of_its_kind(
    places: WebPlaces, server: WebServer, path: str, kind: str, headers: dict[str, str], name: str
) -> None:
    server.page(path, "内容", kind, **headers)
    assert fetch(places, a_list_source(server), server.url(path)).name == name


@pytest.mark.parametrize(
    ("path", "kind"), [("/a.mp4", "video/mp4"), ("/a.png", "image/png"), ("/a", "application/octet-stream"), ("/a.exe", "")]
)
def test_what_nobody_reads_is_refused(places: WebPlaces, server: WebServer, path: str, kind: str) -> None:
    server.page(path, "x", kind)
    with pytest.raises(FetchRefused):
        fetch(places, a_list_source(server), server.url(path))


def test_a_page_that_is_gone_is_told_as_gone(places: WebPlaces, server: WebServer) -> None:
    with pytest.raises(ItemGone):
        fetch(places, a_list_source(server), server.url("/none.html"))


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "ftp://www.shifan.example/", "http://u:p@www.shifan.example/", "/etc", "www.shifan.example"]
)
def test_a_source_at_an_address_that_must_not_be_reached_is_refused_when_it_is_entered(places: WebPlaces, address: str) -> None:
    with pytest.raises(InvalidSource) as refused:
        places.check(a_source(address=address))
    assert refused.value.field == "address"


# Folders


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "share"
    (root / "2026").mkdir(parents=True)
    (root / "a.txt").write_text("第一条 甲", encoding="utf-8")
    (root / "2026" / "b.html").write_text("第一条 乙", encoding="utf-8")
    for name in (".hidden.txt", "~$a.txt", "c.exe"):
        (root / name).write_text("x", encoding="utf-8")
    return root


def a_folder(path: Path, **fields: object) -> Source:
    return a_source(kind=SourceKind.FOLDER, address=str(path), **fields)


def names(places: FolderPlaces, source: Source) -> list[str]:
    with places.open(source, quiet) as place:
        return [entry.title for entry in place.listed()]


def test_files_that_can_be_read_are_listed_below_the_folder(root: Path) -> None:
    places = FolderPlaces((root,), SUFFIXES, 1 << 20)
    assert names(places, a_folder(root)) == ["b.html", "a.txt"]
    assert names(places, a_folder(root, exclude=("/2026/",))) == ["a.txt"]
    with places.open(a_folder(root), quiet) as place:
        fetched = place.fetch(str(root / "a.txt"), None)
    assert fetched.content is not None
    assert fetched.content.read().decode() == "第一条 甲"
    assert (fetched.name, fetched.size, len(fetched.digest)) == ("a.txt", len("第一条 甲".encode()), 64)


def test_a_changed_file_carries_another_mark(root: Path) -> None:
    places = FolderPlaces((root,), SUFFIXES, 1 << 20)
    with places.open(a_folder(root), quiet) as place:
        before = {entry.address: entry.listed_as for entry in place.listed()}
        (root / "a.txt").write_text("第一条 甲（修订）", encoding="utf-8")
        after = {entry.address: entry.listed_as for entry in place.listed()}
    assert {address for address in before if before[address] != after[address]} == {str(root / "a.txt")}


@pytest.mark.parametrize("address", ["/", "/etc", "..", "relative/path", "{root}/../other", "{root}\x00"])
def test_only_folders_that_were_permitted_can_be_sources(root: Path, address: str) -> None:
    (root.parent / "other").mkdir()
    source = (
        a_folder(
            Path("/"),
        )
        if address == "/"
        else replace(a_folder(root), address=address.format(root=root))
    )
    with pytest.raises(InvalidSource):
        FolderPlaces((root,), SUFFIXES, 1 << 20).check(source)


def test_without_a_permitted_folder_there_are_none(root: Path) -> None:
    with pytest.raises(InvalidSource, match="ZHENGWEN_SOURCE_FOLDERS"):
        FolderPlaces((), SUFFIXES, 1 << 20).check(a_folder(root))
    with pytest.raises(ListingFailed):
        names(FolderPlaces((), SUFFIXES, 1 << 20), a_folder(root))


def test_links_out_of_the_permitted_folder_are_neither_listed_nor_opened(root: Path) -> None:
    secret = root.parent / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    (root / "link.txt").symlink_to(secret)
    (root / "folder").symlink_to(root.parent, target_is_directory=True)
    (root / "inside.txt").symlink_to(root / "a.txt")
    places = FolderPlaces((root,), SUFFIXES, 1 << 20)
    assert names(places, a_folder(root)) == ["b.html", "a.txt", "inside.txt"]
    with places.open(a_folder(root), quiet) as place:
        for path in (root / "link.txt", secret, root / "folder" / "secret.txt", root / ".." / "secret.txt"):
            with pytest.raises(FetchRefused):
                place.fetch(str(path), None)
    with pytest.raises(InvalidSource):
        places.check(a_folder(root / "folder"))


def test_a_file_that_became_a_link_or_a_pipe_since_it_was_listed_is_not_opened(root: Path) -> None:
    places = FolderPlaces((root,), SUFFIXES, 1 << 20)
    secret = root.parent / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    with places.open(a_folder(root), quiet) as place:
        list(place.listed())
        (root / "a.txt").unlink()
        (root / "a.txt").symlink_to(secret)
        with pytest.raises(FetchRefused):
            place.fetch(str(root / "a.txt"), None)
        os.mkfifo(root / "pipe.txt")
        with pytest.raises(FetchRefused, match="普通文件"):
            place.fetch(str(root / "pipe.txt"), None)


def test_a_file_over_the_limit_or_gone_is_told_in_words(root: Path) -> None:
    with FolderPlaces((root,), SUFFIXES, 4).open(a_folder(root), quiet) as place:
        with pytest.raises(ItemFailed, match="上限"):
            place.fetch(str(root / "a.txt"), None)
        with pytest.raises(ItemGone):
            place.fetch(str(root / "none.txt"), None)


def test_a_folder_that_is_not_there_is_a_failure_and_no_empty_list(root: Path) -> None:
    with pytest.raises(ListingFailed, match="没有找到文件夹"):
        names(FolderPlaces((root,), SUFFIXES, 1 << 20), a_folder(root / "none"))


def test_every_entry_of_the_rules_is_used() -> None:
    assert all(
        RULES.frame_line.search(line) for line in ("浏览次数：7", "今天是2026年11月22日", "打印本页", "【关闭窗口】", "您是第123位访客")
    )
    assert set(RULES.types.values()) <= RULES.suffixes
    assert ItemState.WITHDRAWN.label == "已撤下"
