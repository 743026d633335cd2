"""How soon a published document is found, what a refresh embeds, how long going back takes, and whether a switch fails any query."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import numpy as np
from rich.console import Console

from api.container import Container, build_container
from api.jobs.background_tasks import background_tasks
from api.settings import Settings
from evaluation.benchmarks.search_corpus import corpus_editions, vectors_of
from indexing.indexing_run import IndexingRun
from indexing.models import Passage, SearchQuery
from indexing.passage_splitter import split_edition
from knowledge_base.models import NATION_CODE, DocumentRevision
from knowledge_base.outline_parser import parse_outline

_DAY = date(2024, 6, 1)
_QUESTIONS = (
    "居住证怎么办，要带什么材料？",
    "公积金可以提取吗",
    "低保怎么申请",
    "噪声扰民找谁投诉",
    "养老金什么时候能领",
    "物业不作为怎么办",
)
_LOOK_S = 0.1
_PATIENCE_S = 300.0
_ARTICLES = 10
_QUERIES_BETWEEN = 300
"""Answered by each snapshot before the next switch: together thousands."""


@dataclass(frozen=True, slots=True)
class RefreshPlan:
    """`passages` indexed beforehand, of which `embed` get vectors of their own; `clients` search during `switches`."""

    passages: int
    embed: int
    publications: int
    switches: int
    clients: int


@dataclass
class Searching:
    """What the clients met while snapshots were switched."""

    taken_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    snapshots: set[str] = field(default_factory=set)


def measure_refresh(plan: RefreshPlan, home: Path, say: Callable[[str], None]) -> dict[str, object]:
    """Seconds, counts and milliseconds. The queue works in this process, as in a server."""
    container = _container(home)
    say(f"准备 {plan.passages} 段……")
    indexed = prepare(container, plan)
    container.work.start(background_tasks(container))
    try:
        say(f"发布 {plan.publications} 件……")
        published = [_publish(container, number) for number in range(plan.publications)]
        say(f"回退与切换，{plan.clients} 个并发……")
        back = [_go_back(container) for _ in range(plan.publications)]
        searching = _switch_while_searching(container, plan)
    finally:
        container.work.stop()
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "passages": indexed,
        "searchable_s": [round(seconds, 2) for seconds, _ in published],
        "embedded": [run.counts.embedded for _, run in published],
        "unchanged": [run.counts.unchanged for _, run in published],
        "rollback_s": [round(seconds, 2) for seconds in back],
        "switches": plan.switches,
        "clients": plan.clients,
        "queries": len(searching.taken_ms),
        "failed": len(searching.failures),
        "failures": sorted(set(searching.failures)),
        "snapshots_seen": len(searching.snapshots),
        "p50_ms": round(float(np.percentile(searching.taken_ms, 50)), 1),
        "p95_ms": round(float(np.percentile(searching.taken_ms, 95)), 1),
    }


def prepare(container: Container, plan: RefreshPlan) -> int:
    """Documents in the records, their passages indexed. Returns how many passages."""
    passages: list[Passage] = []
    for edition in corpus_editions():
        container.documents.add(edition.revision)
        passages += split_edition(edition)
        if len(passages) >= plan.passages:
            break
    vectors, tokens = vectors_of(passages, min(plan.embed, len(passages)), container.embedder(), lambda *_: None)
    container.synchroniser().publish(passages, vectors, tokens, remember=True)
    container.index.run_now("benchmark", "", lambda *_: None)
    for question in _QUESTIONS:
        container.searcher().search(SearchQuery(question, _DAY, NATION_CODE))
    return len(passages)


def show(result: dict[str, object], console: Console) -> None:
    console.print(f"已有 {result['passages']} 段，{result['cores']} 核")
    console.print(f"发布一件到能搜到：{result['searchable_s']} 秒；新算向量 {result['embedded']}，未变 {result['unchanged']}")
    console.print(f"换回以前的快照：{result['rollback_s']} 秒")
    console.print(
        f"{result['switches']} 次切换期间 {result['clients']} 个并发共 {result['queries']} 次检索，失败 {result['failed']} 次；"
        f"p50 {result['p50_ms']} 毫秒，p95 {result['p95_ms']} 毫秒"
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="发布、切换、回退的速度")
    parser.add_argument("--json", type=Path, help="结果写到这里")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--embed", type=int, default=500, help="真正计算向量的段数，其余用加扰动的副本；发布的文件都是真实向量")
    parser.add_argument("--publications", type=int, default=3)
    parser.add_argument("--switches", type=int, default=10)
    parser.add_argument("--clients", type=int, default=16)
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    plan = RefreshPlan(chosen.passages, chosen.embed, chosen.publications, chosen.switches, chosen.clients)
    with tempfile.TemporaryDirectory(prefix="zhengwen-bench-") as folder:
        result = measure_refresh(plan, Path(folder), console.print)
    show(result, console)
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")


def _publish(container: Container, number: int) -> tuple[float, IndexingRun]:
    """From the moment the document is kept until a search finds it."""
    revision = new_document(container, number)
    began = time.perf_counter()
    container.documents.add(revision)
    asked = container.index.request("benchmark", revision.metadata.title)
    query = SearchQuery(f"{revision.metadata.title}第一项规定", _DAY, NATION_CODE)
    _wait(lambda: any(hit.passage.document_id == revision.document_id for hit in container.searcher().search(query).hits))
    seconds = time.perf_counter() - began
    _wait(lambda: container.index.get(asked.id).state.is_over)
    return seconds, container.index.get(asked.id)


def new_document(container: Container, number: int) -> DocumentRevision:
    """One that is not in the records yet, of ten articles; `number` tells it from others."""
    sample = next(islice(container.documents.all_latest(), 1))
    title = f"共享单车停放管理办法之{number}"
    text = "".join(
        f"第{article}条　共享单车停放第{number}号第{article}项规定，运营者应当在划定区域投放。\n" for article in range(1, _ARTICLES + 1)
    )
    metadata = replace(sample.metadata, title=title, effective_on=date(2020, 1, 1))
    return replace(
        sample, document_id=f"published-{number}", number=1, edition=1, text=text, text_digest=f"published-{number}",
        outline=parse_outline(text), metadata=metadata,
    )  # fmt: skip


def _go_back(container: Container) -> float:
    """To another kept snapshot, until a search answers from it."""
    current = container.current_snapshot().snapshot_id
    other = next(kept.snapshot_id for kept in container.snapshots.snapshots() if kept.snapshot_id != current)
    began = time.perf_counter()
    container.index.use(other, "benchmark", "测量")
    _wait(lambda: container.searcher().search(SearchQuery("居住证", _DAY, NATION_CODE, 1)).snapshot_id == other)
    return time.perf_counter() - began


def _switch_while_searching(container: Container, plan: RefreshPlan) -> Searching:
    met = Searching()
    with _clients(container, plan.clients, met):
        for _ in range(plan.switches):
            _go_back(container)
            _let_pass(met, _QUERIES_BETWEEN)
    return met


def _let_pass(met: Searching, queries: int) -> None:
    enough = len(met.taken_ms) + queries
    _wait(lambda: len(met.taken_ms) >= enough)


@contextmanager
def _clients(container: Container, count: int, met: Searching) -> Iterator[None]:
    over = threading.Event()

    def ask(client: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            question = f"{_QUESTIONS[number % len(_QUESTIONS)]}（{client}）"
            began = time.perf_counter()
            try:
                met.snapshots.add(container.searcher().search(SearchQuery(question, _DAY, NATION_CODE)).snapshot_id)
            except Exception as error:
                met.failures.append(type(error).__name__)
            met.taken_ms.append((time.perf_counter() - began) * 1000)

    with ThreadPoolExecutor(count) as pool:
        for client in range(count):
            pool.submit(ask, client)
        try:
            yield
        finally:
            over.set()


def _wait(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while not is_so():
        if time.monotonic() > give_up:
            raise TimeoutError("测量等得太久，请查看日志。")
        time.sleep(_LOOK_S)


def _container(home: Path) -> Container:
    settings = Settings()
    source = Path(settings.embedder_source)
    embedder = str(source.resolve()) if source.is_dir() else settings.embedder_source
    home.mkdir(parents=True, exist_ok=True)
    return build_container(Settings(**{**settings.model_dump(), "home": home, "records_url": "", "embedder": embedder}))


if __name__ == "__main__":
    main()
