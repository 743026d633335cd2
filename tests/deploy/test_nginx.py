"""The shipped nginx configuration, run by a real nginx in front of two processes."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.deploy.stand_in_processes import SERVICE_HEADERS, StandInProcesses
from tests.journeys.service import free_port

ROOT = Path(__file__).parents[2]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None or not shutil.which("openssl"), reason="没有安装 nginx（Debian 软件包 nginx）和 openssl")
ENOUGH_S = 30


@dataclass(frozen=True)
class Site:
    """nginx as it is shipped, listening on a free port of this machine."""

    folder: Path
    port: int
    processes: StandInProcesses

    @property
    def log(self) -> str:
        return (self.folder / "logs" / "zhengwen.log").read_text()

    def client(self) -> httpx.Client:
        trusted = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        return httpx.Client(base_url=f"https://localhost:{self.port}", verify=trusted, timeout=ENOUGH_S, trust_env=False)

    def receivers_of(self, address: str) -> int:
        return sum(each.address == address for each in self.processes.received)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port, processes = tmp_path_factory.mktemp("nginx"), free_port(), StandInProcesses()
    script = ROOT / "deploy" / "nginx" / "try-here.sh"
    subprocess.run(["sh", script, folder, str(port), *processes.addresses], check=True, stdout=subprocess.DEVNULL)
    nginx = subprocess.Popen([str(NGINX), "-p", folder, "-c", "nginx.conf", "-g", "daemon off;"])
    site = Site(folder, port, processes)
    _wait_for(site)
    yield site
    processes.stop()
    nginx.terminate()
    nginx.wait()


def _wait_for(site: Site) -> None:
    give_up = time.monotonic() + ENOUGH_S
    while True:
        try:
            with site.client() as client:
                client.get("/started")
                return
        except httpx.ConnectError:
            assert time.monotonic() < give_up
            time.sleep(0.05)


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with site.client() as client:
        yield client


def test_nginx_takes_the_configuration_without_a_warning(site: Site) -> None:
    checked = subprocess.run([str(NGINX), "-t", "-p", site.folder, "-c", "nginx.conf"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    # From nginx 1.25.1 on it asks for another way of writing http2, which the nginx of Debian 12 does not know yet.
    assert [line for line in checked.stderr.splitlines() if "[warn]" in line and "http2" not in line] == []


def test_a_streamed_answer_arrives_as_it_is_written(site: Site, client: httpx.Client) -> None:
    with client.stream("POST", "/api/v1/chat", headers={"Accept": "text/event-stream"}) as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"data: first\n\n"
        site.processes.seen_by_client.set()
        assert next(pieces) == b"data: second\n\n"


def test_a_page_asked_of_a_dying_process_comes_from_the_other(site: Site, client: httpx.Client) -> None:
    assert client.get("/policies/one", headers={"X-Dies": "yes"}).status_code == 200
    assert site.receivers_of("/policies/one") == 2


@pytest.mark.parametrize("address", ["/ask", "/api/v1/chat", "/v1/chat/completions", "/mcp"])
def test_a_question_put_to_a_dying_process_is_answered_by_the_other(site: Site, client: httpx.Client, address: str) -> None:
    assert client.post(f"{address}?dying", headers={"X-Dies": "yes"}, content="居住证怎么办").status_code == 200
    assert site.receivers_of(f"{address}?dying") == 2


def test_a_form_that_may_have_been_taken_is_never_sent_twice(site: Site, client: httpx.Client) -> None:
    refused = client.post("/api/v1/orders", headers={"X-Dies": "yes"}, content="路灯不亮")
    assert site.receivers_of("/api/v1/orders") == 1
    assert (refused.status_code, refused.headers["retry-after"], refused.json()["status"]) == (503, "5", 503)


def test_a_browser_is_told_in_words_what_to_do(site: Site, client: httpx.Client) -> None:
    page = client.post("/requests", headers={"X-Dies": "yes", "Accept": "text/html"}, content="路灯不亮")
    assert page.status_code == 503
    assert "查进度" in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_what_is_too_large_is_refused_in_words(client: httpx.Client) -> None:
    refused = client.post("/api/v1/chat", content=b"0" * (2 << 20))
    assert (refused.status_code, refused.json()["title"]) == (413, "提交的内容太大")


def test_who_asks_and_from_which_page_reaches_the_service(site: Site, client: httpx.Client) -> None:
    sent = {
        "Origin": "https://www.shifan.example",
        "Sec-Fetch-Site": "cross-site",
        "X-Forwarded-For": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
    }
    client.get("/whoever", headers=sent)
    got = next(each.headers for each in site.processes.received if each.address == "/whoever")
    assert (got["Origin"], got["Sec-Fetch-Site"]) == (sent["Origin"], "cross-site")
    assert (got["X-Forwarded-For"], got["X-Forwarded-Proto"], got["Forwarded"]) == ("127.0.0.1", "https", None)
    assert got["Host"] == f"localhost:{site.port}"


def test_security_headers_of_the_service_pass_once_and_only_https_is_added(client: httpx.Client) -> None:
    headers = client.get("/widget.js").headers
    assert {name: headers.get_list(name) for name in SERVICE_HEADERS} == {name: [value] for name, value in SERVICE_HEADERS.items()}
    assert headers.get_list("strict-transport-security") == ["max-age=31536000"]


def test_a_static_file_with_its_digest_is_fetched_once(site: Site, client: httpx.Client) -> None:
    for _ in range(3):
        client.get("/static/css/base.css?v=0123456789")
        client.get("/static/css/base.css")
    assert site.receivers_of("/static/css/base.css?v=0123456789") == 1
    assert site.receivers_of("/static/css/base.css") == 3


def test_what_was_searched_for_is_not_logged(site: Site, client: httpx.Client) -> None:
    client.get("/api/v1/search", params={"q": "13800000000"}, headers={"Referer": "https://localhost/?q=13800000000"})
    # The line of a request is written when its connection goes on to the next.
    client.get("/afterwards")
    assert '"path":"/api/v1/search"' in site.log
    assert "13800000000" not in site.log
