"""`make bench-peers`: the product and its neighbours on the same passages, vectors and questions; a table, JSON and a page of it.

Can be cut off and continued: what was measured of a neighbour on a set is kept until its version, the set or the runner changes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from api.settings import Settings
from assistant.models import CHINA_TIME
from evaluation.errors import EvaluationError
from evaluation.peers.environments import prepared_python
from evaluation.peers.peer_list import Peer, load_peers
from evaluation.peers.peer_page import render_page
from evaluation.peers.peer_scores import OWN, OWN_SHIPPED, score_runs
from evaluation.peers.peer_table import MARKERS, render_table
from evaluation.peers.runner_processes import RunnerFailed, run_steps
from evaluation.peers.runners.protocol import CORES, DEEP, SHOWN
from evaluation.peers.shared_set import documents_of, labels_of, read_record, write_set
from evaluation.quality_table import replace_between_markers

_HERE = Path(__file__).parent
_RUNNERS, _SEARCH = _HERE / "runners", _HERE.parents[1] / "indexing"
_OWN_MODULES = {OWN: "evaluation.peers.own_runner", OWN_SHIPPED: "evaluation.peers.own_shipped_runner"}
_OWN = tuple(Peer(name, "政问", "", (), "", ()) for name in _OWN_MODULES)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BenchFolders:
    """`sets` and `indexes` may be thrown away; `kept` holds what was measured, by set."""

    sets: Path
    indexes: Path
    environments: Path
    kept: Path

    @classmethod
    def below(cls, home: Path, results: Path) -> BenchFolders:
        return cls(home / "peers" / "sets", home / "peers" / "indexes", home / "peers", results)


def measure_set(shared: Path, peers: Iterable[Peer], folders: BenchFolders, say: Say) -> dict[str, Any]:
    """One part of "sets" in the result. A neighbour that fails is named in "failed" and the others go on."""
    record = read_record(shared)
    if record is None:
        raise RunnerFailed(str(shared), "这份数据没有写完，请重新运行。")
    labels, documents = labels_of(shared), documents_of(shared)
    rows, failed = dict[str, Any](), []
    for peer in peers:
        try:
            built, asked = _kept_or_measured(peer, shared, folders, say)
        except (EvaluationError, OSError) as error:
            say(str(error))
            failed.append(str(error))
            continue
        rows[peer.name] = score_runs(built, asked, labels, documents)
    facts = {name: getattr(record, name) for name in ("name", "passages", "documents", "questions", "left_out", "terms_s")}
    names = {peer.name: peer.label for peer in (*_OWN, *load_peers())}
    return {**facts, "reranked": bool(record.token_fingerprint), "labels": names, "rows": rows, "failed": failed}


def _kept_or_measured(peer: Peer, shared: Path, folders: BenchFolders, say: Say) -> tuple[dict[str, Any], dict[str, Any]]:
    kept = folders.kept / shared.name / f"{peer.name}.json"
    made_of = _made_of(peer, shared)
    found = _read(kept)
    if found.get("made_of") == made_of:
        say(f"{peer.label}：{shared.name} 已经测过，沿用上次的结果。")
        return found["built"], found["asked"]
    if peer.packages:
        say(f"{peer.label}：准备它的环境……")
    python = prepared_python(peer, folders.environments)
    index = folders.indexes / shared.name / peer.name
    shutil.rmtree(index, ignore_errors=True)
    try:
        built, asked = run_steps(peer.label, python, _OWN_MODULES.get(peer.name, peer.module), (shared, index), say)
    finally:
        shutil.rmtree(index, ignore_errors=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"made_of": made_of, "built": built, "asked": asked}), encoding="utf-8")
    return built, asked


def _made_of(peer: Peer, shared: Path) -> str:
    """Changes with the neighbour's versions, its runner, the protocol and the set; for the product with the code of its search."""
    digest = hashlib.blake2b(digest_size=8)
    own = [*_HERE.glob("own_*.py"), *(path for path in _SEARCH.rglob("*") if path.suffix in {".py", ".toml"})]
    for path in (_RUNNERS / "protocol.py", *(sorted(own) if peer.name in _OWN_MODULES else [_RUNNERS / f"{peer.runner}.py"])):
        digest.update(path.read_bytes())
    digest.update(json.dumps([peer.packages, str(read_record(shared))]).encode())
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def finished(sets: list[dict[str, Any]], peers: Iterable[Peer]) -> dict[str, Any]:
    """The JSON of the benchmark."""
    how = [f"{peer.label}：{peer.how}" for peer in peers if peer.how]
    common = (
        "大家拿到同样的段落、同样的向量（原模型，没有调优）和同样的问题；词由 jieba 按政问的词表切好交给同行，政问自己切，算在用时里。",
        f"一次问一个，不含计算问题的向量；用时是取 {SHOWN} 段的，质量按取 {DEEP} 段的一次来算，文件的名次就是它最好一段的名次。",
        f"每家的建和查各用一个进程，都限在同样的 {CORES} 个核上；“全扫参照”是在同一个进程里用 numpy 精确乘一遍，机器忙闲一看便知。",
        "“处理器”是取 10 段时各线程所用处理器时间的合计，机器上别的任务影响不大。",
        "政问融合的设置是看着这几个数据集的开发部分定的；同行用的是各自的默认设置。",
    )
    return {
        "measured_on": datetime.now(CHINA_TIME).date().isoformat(),
        "machine": f"{os.cpu_count()} 核的机器，限用 {CORES} 核",
        "how": [*common, *how],
        "sets": sets,
    }


def deliver(result: Mapping[str, Any], json_file: Path, document: Path | None) -> None:
    """JSON, the page beside it, and the table between its markers in `document`. Raises ValueError where the markers are missing."""
    json_file.parent.mkdir(parents=True, exist_ok=True)
    json_file.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    json_file.with_suffix(".html").write_text(render_page(result), encoding="utf-8")
    if document:
        document.write_text(replace_between_markers(document.read_text(encoding="utf-8"), render_table(result), MARKERS), encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="政问与同行：同样的段落、向量和问题")
    parser.add_argument("datasets", type=Path, nargs="+", help="BEIR 格式的数据集文件夹")
    parser.add_argument("--json", type=Path, default=Path("bench/peers.json"), help="结果写到这里，网页写在旁边")
    parser.add_argument("--document", type=Path, help="更新这个文件里标记之间的表")
    parser.add_argument("--only", default="", help="只测这几家，用逗号隔开")
    parser.add_argument("--questions", type=int, default=0, help="每个数据集最多问多少题，0 为全部")
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    settings, peers = Settings(), (*_OWN, *load_peers())
    wanted = [peer for peer in peers if not chosen.only or peer.name in chosen.only.split(",")]
    folders = BenchFolders.below(settings.home.resolve(), chosen.json.parent / "peers")
    sets = []
    for dataset in chosen.datasets:
        console.print(f"准备 {dataset.name} 的段落、向量和问题……")
        shared = write_set(dataset, settings, folders.sets, lambda *_: None, chosen.questions)
        sets.append(measure_set(shared, wanted, folders, console.print))
    result = finished(sets, wanted)
    deliver(result, chosen.json, chosen.document)
    console.print(render_table(result), markup=False, soft_wrap=True)


if __name__ == "__main__":
    try:
        main()
    except (EvaluationError, OSError) as error:
        Console(stderr=True).print(f"没有测成：{error}", markup=False)
        sys.exit(1)
