"""Real processes, a real site on loopback, kill -9 in the middle: every page comes in once, whatever happens."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from knowledge_base.sources.models import ItemFilter, ItemState, RunState, SourceKind
from tests.knowledge_base.source_worker import a_desk
from tests.knowledge_base.web_servers import WebServer, a_web_server
from tests.source_factories import a_source

ROOT = Path(__file__).parents[2]
PAGES = 30
# Requests after which a process is ended: while it reads the list, the first page, one in the middle.
KILLED_AFTER = (2, 3, 12)


def a_site(server: WebServer) -> None:
    links = "".join(f'<li><a href="/p/{n}.html">示范市第{n}号办法</a></li>' for n in range(PAGES))
    server.page("/list", f"<html><body><ul>{links}</ul></body></html>")
    for number in range(PAGES):
        text = f"第一条 这是第{number}号办法的正文，共若干字。"
        server.page(f"/p/{number}.html", f"<html><body><div id='zoom'><p>{text}</p></div></body></html>")


def start(home: Path, server: WebServer, source_id: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.knowledge_base.source_worker", str(home), str(server.port), source_id]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_when(process: subprocess.Popen[bytes], server: WebServer, asked: int) -> None:
    give_up = time.monotonic() + 60
    while len(server.asked) < asked and process.poll() is None:
        assert time.monotonic() < give_up, "the process asked for nothing"
        time.sleep(0.002)
    process.kill()
    process.wait(timeout=30)


def test_a_run_killed_again_and_again_brings_every_page_in_once(tmp_path: Path) -> None:
    with a_web_server() as server:
        a_site(server)
        desk = a_desk(tmp_path, server.port)
        # Added past the form's check: a test need not be as polite as a product.
        source = a_source(kind=SourceKind.LIST_PAGE, address=server.url("/list"), delay_s=0.02)
        desk.store.add(source)
        desk.request(source.id, "wang")
        for asked in KILLED_AFTER:
            before = len(server.asked)
            kill_when(start(tmp_path, server, source.id), server, before + asked)
        last = start(tmp_path, server, source.id)
        assert last.wait(timeout=60) == 0
        (run,) = desk.runs(source.id)
        assert (run.state, run.counts.new, run.sentence) == (RunState.DONE, PAGES, f"看了 {PAGES} 项：新增 {PAGES}。")
        items = desk.items(source.id, ItemFilter(limit=100))
        assert [item.state for item in items] == [ItemState.NEW] * PAGES
        uploads = desk.receiver.uploads(source_id=source.id, limit=200)
        assert sorted(upload.origin for upload in uploads) == sorted(item.address for item in items)
        assert {upload.id for upload in uploads} == {item.upload_id for item in items}
