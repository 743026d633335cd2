"""What a fetch must never reach, and the limits of one request. Every server here is on loopback."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from knowledge_base.adapters.web.fetching import GuardedFetcher
from knowledge_base.adapters.web.guarded_network import Deadline, GuardedBackend
from knowledge_base.adapters.web.web_rules import FetchLimits, load_web_rules
from knowledge_base.sources.address_guard import AddressGuard, load_address_rules
from knowledge_base.sources.errors import FetchRefused, ItemFailed, ItemGone
from knowledge_base.sources.permits import read_permits
from tests.knowledge_base.web_servers import WebServer, a_web_server

LIMITS = load_web_rules().limits
RULES = load_address_rules()
A_MIB = 1 << 20

# Refused by their form or by what they stand for, without a connection: names are resolved by the table below.
REFUSED_ADDRESSES = (
    *[
        "http://127.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://127.0.0.01/",
        "http://0/",
        "http://0.0.0.0/",
        "http://127.0.0.1./",
        "http://localhost/",
        "http://localhost./",
        "http://LOCALHOST/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://172.31.255.254/",
        "http://192.168.1.1/",
        "http://169.254.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://192.0.0.192/",
        "http://192.0.2.1/",
        "http://198.18.0.1/",
        "http://198.51.100.7/",
        "http://203.0.113.9/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://192.88.99.1/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a00:1::1]/",
        "http://[2001::1]/",
        "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "http://[2001:db8::1]/",
        "http://[3fff::1]/",
        "http://[100::1]/",
        "http://[5f00::1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[2400:3200::5efe:10.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://intern.test/",
        "http://mapped.test/",
        "http://nat64.test/",
        "http://both.test/",
        "http://six.test/",
        "http://meta.test/",
        "http://strange.test/",
        "http://user:pass@public.test/",
        "http://user@public.test/",
        "http://public.test@127.0.0.1/",
        "http://public.test%40127.0.0.1/",
        "http://public.test:22/",
        "http://public.test:8080/",
        "https://public.test:6379/",
        "http://public.test:99999/",
        "http://public.test:0/",
        "file:///etc/passwd",
        "ftp://public.test/",
        "gopher://public.test/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "//public.test/",
        "public.test",
        "http:/public.test",
        "http:///etc/passwd",
        "http://",
        "http://.public.test/",
        "http://public..test/",
        "http://public.test../",
        "http://-public.test/",
        "http://%31%32%37.0.0.1/",
        "http://127.0.0.1%00.public.test/",
        "http://１２７.０.０.１/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://0x/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://1.2.3/",
        "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test/",
    ],
    "http://127.0.0.1\\@public.test/",
    "http://public.test\\.intern.test/",
    "http://public.test /",
    "http://public\t.test/",
    "http://public.test/\r\nHost: intern.test",
    "http://pub\u200blic.test/",
    "http://" + ".".join(["label"] * 60) + ".test/",
)

NAMES = {
    "public.test": ["93.184.215.14"],
    "localhost": ["127.0.0.1", "::1"],
    "intern.test": ["10.1.2.3"],
    "mapped.test": ["::ffff:192.168.0.1"],
    "nat64.test": ["64:ff9b::c0a8:1"],
    "both.test": ["93.184.215.14", "127.0.0.1"],
    "six.test": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fe80::1"],
    "meta.test": ["169.254.169.254"],
    "strange.test": ["fe80::1%1"],
}


class NoConnections(httpcore.NetworkBackend):
    """Notes whom it should have connected to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.asked.append((host, port))
        raise httpcore.ConnectError("no network in tests")


def resolve_here(host: str, _port: int) -> Sequence[str]:
    """Literal addresses as the system would; names from the table, which also knows the odd forms that resolvers accept."""
    if host in NAMES:
        return NAMES[host]
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]
    except (OSError, UnicodeError):
        return ["93.184.215.14"]


def a_fetcher(permits: str = "", limits: FetchLimits = LIMITS, resolve: Any = resolve_here) -> GuardedFetcher:
    return GuardedFetcher(AddressGuard(RULES, read_permits(permits)), limits, "zhengwen/test", resolve=resolve)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with a_web_server() as server:
        yield server


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> NoConnections:
    """No test of the table can reach any network, were the guard to fail."""
    backend = NoConnections()
    monkeypatch.setattr(httpcore, "SyncBackend", lambda: backend)
    return backend


def test_the_table_is_long_enough() -> None:
    assert len(set(REFUSED_ADDRESSES)) == len(REFUSED_ADDRESSES) >= 100


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_an_address_that_must_not_be_reached_is_refused_before_any_connection(address: str, connections: NoConnections) -> None:
    with pytest.raises(FetchRefused):
        a_fetcher().get(address, A_MIB)
    assert connections.asked == []


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("http://public.test/", ("93.184.215.14", 80)),
        ("https://public.test/a?b=1#c", ("93.184.215.14", 443)),
        ("http://public.test./", ("93.184.215.14", 80)),
        ("http://93.184.215.14/", ("93.184.215.14", 80)),
        ("http://[2606:2800:21f::1]/", ("2606:2800:21f::1", 80)),
        ("http://[64:ff9b::5db8:d70e]/", ("64:ff9b::5db8:d70e", 80)),
        ("http://政务.中国/政策", ("93.184.215.14", 80)),
    ],
)
def test_a_public_address_is_connected_to_as_it_was_judged(address: str, reached: tuple[str, int], connections: NoConnections) -> None:
    with pytest.raises(ItemFailed) as failure:
        a_fetcher().get(address, A_MIB)
    assert not isinstance(failure.value, FetchRefused)
    assert connections.asked == [reached]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://2130706433/",
        "http://intern.test/",
        "http://meta.test/latest/meta-data/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "ftp://public.test/",
        "http://public.test:22/",
        "http://user:pass@public.test/",
        "http:\\\\127.0.0.1\\",
        "/\\127.0.0.1/",
        "http://127.0.0.1:6379/",
        "javascript:alert(1)",
    ],
)
def test_a_redirect_to_what_must_not_be_reached_is_refused(location: str, server: WebServer) -> None:
    server.redirect("/go", location)
    # Only this server is permitted, by its address and port.
    with pytest.raises(FetchRefused):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/go"), A_MIB)
    assert server.paths == ["/go"]


def test_a_chain_of_redirects_is_judged_at_each_step(server: WebServer) -> None:
    server.redirect("/a", "/b", 301)
    server.redirect("/b", "c", 307)
    server.redirect("/c", "http://intern.test/d", 308)
    with pytest.raises(FetchRefused, match="内网地址"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/a"), A_MIB)
    assert server.paths == ["/a", "/b", "/c"]


def test_a_relative_redirect_is_followed(server: WebServer) -> None:
    server.redirect("/old/page.html", "../new/page.html#top")
    server.page("/new/page.html", "新的位置")
    answer = a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/old/page.html"), A_MIB)
    assert answer.address == server.url("/new/page.html")
    assert answer.content is not None
    assert answer.content.read().decode() == "新的位置"


def test_more_redirects_than_the_limit_are_refused(server: WebServer) -> None:
    for number in range(10):
        server.redirect(f"/{number}", f"/{number + 1}")
    with pytest.raises(FetchRefused, match="转向超过"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/0"), A_MIB)
    assert len(server.asked) == LIMITS.max_redirects + 1


def test_a_redirect_in_a_circle_ends(server: WebServer) -> None:
    server.redirect("/a", "/a")
    with pytest.raises(FetchRefused, match="转向超过"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/a"), A_MIB)


def test_a_redirect_to_nowhere_is_a_failure(server: WebServer) -> None:
    server.pages["/a"] = (302, {}, b"")
    with pytest.raises(ItemFailed, match="没有说明去哪里"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/a"), A_MIB)


def test_dns_that_changes_its_answer_after_the_check_is_not_asked_again(connections: NoConnections) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    with pytest.raises(ItemFailed):
        a_fetcher(resolve=lambda _host, _port: next(answers)).get("http://rebinding.test/", A_MIB)
    assert connections.asked == [("93.184.215.14", 80)]
    assert next(answers) == ["127.0.0.1"], "one answer was used, and no more"


def test_dns_that_changes_its_answer_between_two_requests_is_judged_again(connections: NoConnections) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    fetcher = a_fetcher(resolve=lambda _host, _port: next(answers))
    with pytest.raises(ItemFailed):
        fetcher.get("http://rebinding.test/", A_MIB)
    with pytest.raises(FetchRefused, match="本机地址"):
        fetcher.get("http://rebinding.test/", A_MIB)
    assert connections.asked == [("93.184.215.14", 80)]


def test_the_connection_goes_to_the_address_that_was_judged_with_the_name_kept_for_the_site(server: WebServer) -> None:
    server.page("/", "你好")
    answers = iter([["127.0.0.1"]])
    fetcher = a_fetcher(f"site.test:{server.port}", resolve=lambda _host, _port: next(answers))
    answer = fetcher.get(f"http://site.test:{server.port}/", A_MIB)
    assert answer.size == len("你好".encode())
    assert server.asked[0].headers["host"] == f"site.test:{server.port}"


def test_the_second_address_of_a_name_is_tried_where_the_first_does_not_answer(server: WebServer) -> None:
    server.page("/", "你好")
    fetcher = a_fetcher(f"127.0.0.0/8:{server.port}", resolve=lambda _host, _port: ["127.0.0.9", "127.0.0.1"])
    assert fetcher.get(f"http://site.test:{server.port}/", A_MIB).size > 0


def test_what_an_operator_permits_by_name_may_be_private_but_never_a_machine_that_manages_this_one(connections: NoConnections) -> None:
    with pytest.raises(ItemFailed) as failure:
        a_fetcher("intern.test").get("http://intern.test/", A_MIB)
    assert not isinstance(failure.value, FetchRefused)
    with pytest.raises(FetchRefused, match="云主机的管理地址"):
        a_fetcher("meta.test").get("http://meta.test/", A_MIB)
    assert connections.asked == [("10.1.2.3", 80)]


@pytest.mark.parametrize("permits", ["10.1.0.0/16", "*.test", "INTERN.test", "10.1.2.3", "intern.test:80"])
def test_a_permit_names_a_host_or_a_network(permits: str, connections: NoConnections) -> None:
    with pytest.raises(ItemFailed) as failure:
        a_fetcher(permits).get("http://intern.test/", A_MIB)
    assert not isinstance(failure.value, FetchRefused)


@pytest.mark.parametrize("permits", ["", "10.2.0.0/16", "*.intern.test", "other.test", "intern.test:8080", "10.1.0.0/16:8080"])
def test_a_permit_holds_for_nothing_else(permits: str, connections: NoConnections) -> None:
    with pytest.raises(FetchRefused, match="内网地址"):
        a_fetcher(permits).get("http://intern.test/", A_MIB)


def test_a_permitted_port_does_not_open_it_for_other_hosts(connections: NoConnections) -> None:
    for address in ("http://public.test:8080/", "http://both.test:8080/"):
        with pytest.raises(FetchRefused):
            a_fetcher("intern.test:8080,10.1.0.0/16:8080").get(address, A_MIB)
    assert connections.asked == []


@pytest.mark.parametrize(
    "permits", ["http://a.test", "a b", "10.0.0.0/33", "a.test:99999", "[::1", "1.2.3", "-a.test", "a..test", "user@a.test"]
)
def test_a_permit_that_is_none_is_refused_with_an_example(permits: str) -> None:
    with pytest.raises(ValueError, match="例如"):
        read_permits(permits)


def test_proxies_of_the_environment_are_not_asked(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_web_server() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        server.page("/", "你好")
        assert a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB).size > 0
        assert proxy.asked == []


def test_through_the_operators_proxy_addresses_are_judged_all_the_same() -> None:
    with a_web_server() as proxy:
        proxy.page("http://public.test/", "经代理")
        guard = AddressGuard(RULES, ())
        fetcher = GuardedFetcher(guard, LIMITS, "zhengwen/test", resolve=resolve_here, proxy=proxy.url())
        assert fetcher.get("http://public.test/", A_MIB).size > 0
        for address in ("http://127.0.0.1/", "http://intern.test/", "http://meta.test/"):
            with pytest.raises(FetchRefused):
                fetcher.get(address, A_MIB)
        assert proxy.paths == ["http://public.test/"]


def test_a_backend_that_is_asked_past_the_form_check_still_judges_the_address(connections: NoConnections) -> None:
    backend = GuardedBackend(AddressGuard(RULES), Deadline(), resolve_here)
    for host, port in (("127.0.0.1", 80), ("2130706433", 80), ("intern.test", 443), ("public.test", 22)):
        with pytest.raises(FetchRefused):
            backend.connect_tcp(host, port)
    assert connections.asked == []


# Limits of one request


def test_a_page_comes_with_its_digest_type_and_marks_of_age(server: WebServer) -> None:
    server.page("/a.html", "正文", ETag='"1"', Last_Modified="Sun, 22 Nov 2026 00:00:00 GMT")
    answer = a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/a.html"), A_MIB)
    assert (answer.content_type, answer.etag, answer.last_modified) == ("text/html", '"1"', "Sun, 22 Nov 2026 00:00:00 GMT")
    assert len(answer.digest) == 64
    assert server.asked[0].headers["user-agent"] == "zhengwen/test"


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_is_told_from_a_failure(server: WebServer, status: int) -> None:
    server.page("/a", "", status=status)
    with pytest.raises(ItemGone):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/a"), A_MIB)


@pytest.mark.parametrize("status", [206, 400, 403, 500, 503])
def test_other_statuses_are_failures_of_the_moment(server: WebServer, status: int) -> None:
    server.page("/a", "x", status=status)
    with pytest.raises(ItemFailed, match=str(status)):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url("/a"), A_MIB)


def test_a_declared_length_over_the_limit_is_refused_before_the_body(server: WebServer) -> None:
    server.handlers["/"] = lambda connection, _: connection.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 99999999999\r\n\r\n")
    with pytest.raises(FetchRefused, match="兆字节"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB)


def test_an_endless_body_is_cut_off_at_the_limit(server: WebServer) -> None:
    sent = []

    def endless(connection: socket.socket, _headers: dict[str, str]) -> None:
        connection.sendall(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not server.closing.is_set():
            connection.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")
            sent.append(65536)

    server.handlers["/"] = endless
    with pytest.raises(FetchRefused, match="兆字节"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB)
    assert sum(sent) < 64 * A_MIB


def drip(server: WebServer, before: bytes) -> None:
    def send(connection: socket.socket, _headers: dict[str, str]) -> None:
        connection.sendall(before)
        while not server.closing.wait(0.05):
            connection.sendall(b"a")

    server.handlers["/"] = send


@pytest.mark.parametrize("before", [b"Content-Length: 100000\r\n\r\n", b"X-Slow: "], ids=["body", "headers"])
def test_a_server_that_drips_is_cut_off_after_the_total_time(server: WebServer, before: bytes) -> None:
    drip(server, b"HTTP/1.1 200 X\r\n" + before)
    fetcher = a_fetcher(f"127.0.0.1:{server.port}", replace(LIMITS, total_s=0.4))
    began = time.monotonic()
    with pytest.raises(ItemFailed, match="规定时间"):
        fetcher.get(server.url(), A_MIB)
    # Each single step was quick; only the sum was not. The bound is far from both.
    assert time.monotonic() - began < LIMITS.read_s


def test_a_server_that_says_nothing_is_given_up(server: WebServer) -> None:
    server.handlers["/"] = lambda _connection, _headers: server.closing.wait(5) and None
    with pytest.raises(ItemFailed, match="规定时间"):
        a_fetcher(f"127.0.0.1:{server.port}", replace(LIMITS, read_s=0.2)).get(server.url(), A_MIB)


@pytest.mark.parametrize("packing", ["gzip", "x-gzip", "deflate", "raw deflate"])
def test_a_packed_page_is_unpacked(server: WebServer, packing: str) -> None:
    text = "第一条 为了规范居住证管理。" * 10_000
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(text.encode()),
        "x-gzip": gzip.compress(text[:1000].encode()) + gzip.compress(text[1000:].encode()),
        "deflate": zlib.compress(text.encode()),
        "raw deflate": raw.compress(text.encode()) + raw.flush(),
    }[packing]
    server.page("/", packed, Content_Encoding=packing.removeprefix("raw "))
    answer = a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB)
    assert answer.content is not None
    assert answer.content.read().decode() == text


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
def test_a_body_that_unpacks_to_more_than_the_limit_is_refused(server: WebServer, packing: str) -> None:
    zeros = b"\0" * (64 * A_MIB)
    bomb = gzip.compress(zeros) if packing == "gzip" else zlib.compress(zeros)
    assert len(bomb) < A_MIB
    server.page("/", bomb, Content_Encoding=packing)
    with pytest.raises(FetchRefused, match="兆字节"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB)


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "compress"])
def test_a_packing_that_was_not_asked_for_is_refused(server: WebServer, packing: str) -> None:
    server.page("/", b"x", Content_Encoding=packing)
    with pytest.raises(FetchRefused, match="压缩"):
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 X\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + gzip.compress(b"a" * 1000)[:12],
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
    ids=["short", "chunk cut off", "two lengths", "not gzip", "gzip cut off", "no http", "nothing"],
)
def test_an_answer_that_breaks_off_or_contradicts_itself_is_a_failure(server: WebServer, answer: bytes) -> None:
    def send(connection: socket.socket, _headers: dict[str, str]) -> None:
        connection.sendall(answer)

    server.handlers["/"] = send
    with pytest.raises(ItemFailed) as failure:
        a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB)
    assert not isinstance(failure.value, FetchRefused)


def test_bytes_after_the_declared_length_are_not_read(server: WebServer) -> None:
    server.handlers["/"] = lambda connection, _: connection.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nokXXXXHTTP/1.1 200 X\r\n")
    answer = a_fetcher(f"127.0.0.1:{server.port}").get(server.url(), A_MIB)
    assert answer.size == 2


def test_a_certificate_nobody_vouches_for_is_a_failure(tmp_path: Path) -> None:
    served = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.append(self.path)

    server = HTTPServer(("127.0.0.1", 0), Page)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(a_certificate_of_its_own(tmp_path / "server.pem"))
    server.socket = trust.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(ItemFailed, match="证书"):
            a_fetcher(f"127.0.0.1:{server.server_port}").get(f"https://127.0.0.1:{server.server_port}/", A_MIB)
    finally:
        server.shutdown()
        server.server_close()
    assert served == []


def a_certificate_of_its_own(path: Path) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    holder = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(holder, critical=False).sign(key, hashes.SHA256())
    encoded = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    path.write_bytes(encoded)
    return path
