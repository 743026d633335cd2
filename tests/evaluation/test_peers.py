"""The product beside its neighbours: what all are given, how it is timed and scored, and what the table says of it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.datasets import LabelledQuestion
from evaluation.peers import peer_bench
from evaluation.peers.environments import NotInstalled, prepared_python
from evaluation.peers.own_runner import OwnRunner, passages_of
from evaluation.peers.peer_bench import BenchFolders, deliver, finished, measure_set
from evaluation.peers.peer_list import Peer, load_peers
from evaluation.peers.peer_scores import OWN, advantages, score_runs
from evaluation.peers.peer_table import HEADINGS, MARKERS, render_table, verdict_words
from evaluation.peers.runners import protocol
from evaluation.peers.runners.numpy_scan import NumpyScan
from evaluation.peers.runners.protocol import SharedSet, ask, build
from evaluation.peers.shared_set import EmbeddedSet, documents_of, joined, labels_of, write_embedded
from indexing.models import Passage
from tests.fakes.token_embedder import FakeTokenEmbedder
from tests.passage_factory import NATION, a_passage

TEXTS = (
    "申领居住证应当提交身份证明",
    "提取住房公积金应当提供购房合同",
    "失业登记由街道办理",
    "机动车驾驶证期满应当换证",
    "申领居住证后可以办理入学",
)
SCAN = Peer("scan", "numpy 全扫", "numpy_scan", (), "逐行乘", ("vector",))
BROKEN = Peer("broken", "坏的一家", "no_such_runner", (), "", ("vector",))


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    # Two of one document, which counts once.
    return [a_passage(text, f"d{min(row, 3)}", f"第{row}条", title="", jurisdiction=NATION) for row, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def shared(passages: list[Passage], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, embedder = tmp_path_factory.mktemp("sets") / "tiny-1", FakeTokenEmbedder()
    vectors, tokens = embedder.embed_passages_with_tokens([passage.search_text for passage in passages])
    questions = [LabelledQuestion("q1", "居住证怎么申领", {"d0": 1}, ""), LabelledQuestion("q2", "公积金怎么提取", {"d1": 1}, "")]
    write_embedded(folder, EmbeddedSet("tiny", "1", passages, vectors, tokens, embedder), questions, 3, "made", lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def own_index(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    OwnRunner(shared).build(SharedSet(shared), folder)
    return folder


@pytest.fixture
def folders(shared: Path, tmp_path: Path) -> BenchFolders:
    return BenchFolders(shared.parent, tmp_path / "indexes", tmp_path / "environments", tmp_path / "kept")


def test_all_are_given_the_same_passages_vectors_and_questions(shared: Path, passages: list[Passage]) -> None:
    given = SharedSet(shared)
    assert given.texts == [passage.search_text for passage in passages]
    assert given.vectors.shape == (len(passages), FakeTokenEmbedder().dimension)
    assert [question.text for question in given.questions()] == ["居住证怎么申领", "公积金怎么提取"]
    assert "居住证" in given.terms[0].split()
    assert "公积金" in given.questions()[1].terms.split()
    assert labels_of(shared) == [{"d0": 1}, {"d1": 1}]
    assert documents_of(shared) == ["d0", "d1", "d2", "d3", "d3"]


def test_the_product_reads_its_passages_back_as_they_were(shared: Path, passages: list[Passage]) -> None:
    assert list(passages_of(shared)) == passages


def test_a_term_with_a_space_in_it_stays_one() -> None:
    assert joined(["a b", "居住证"]).split() == ["a_b", "居住证"]


def test_a_runner_asks_every_question_in_both_depths(shared: Path, tmp_path: Path) -> None:
    built, asked = build(NumpyScan(), SharedSet(shared), tmp_path), ask(NumpyScan(), SharedSet(shared), tmp_path)
    row = asked["rows"]["vector"]
    assert [ranked[0] for ranked in row["ranked"]] == [0, 1]
    assert [len(row[name]) for name in ("deep_ms", "shown_ms", "cpu_ms")] == [2, 2, 2]
    assert built["disk_mib"] >= 0
    assert asked["peak_mib"] > 0


def test_a_slow_one_is_timed_on_fewer_questions_but_judged_on_all(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "_SHOWN_BUDGET_S", 0.0)
    monkeypatch.setattr(protocol, "_LEAST_TIMED", 1)
    row = protocol.measured(lambda question, limit: [0], SharedSet(shared).questions())
    assert (len(row["ranked"]), len(row["shown_ms"])) == (2, 1)


def test_the_product_runs_under_the_same_protocol(shared: Path, own_index: Path) -> None:
    runner, given = OwnRunner(shared), SharedSet(shared)
    runner.open(own_index)
    for kind in ("vector", "hybrid", "hybrid_in_force"):
        assert [runner.ask(kind, question, 10)[0] for question in given.questions()] == [0, 1], kind


def test_the_product_as_it_ships_has_an_index_of_its_own(shared: Path, tmp_path: Path) -> None:
    runner, given = OwnRunner(shared, shipped=True), SharedSet(shared)
    runner.build(given, tmp_path)
    runner.open(tmp_path)
    assert runner.kinds == ("shipped",)
    assert [runner.ask("shipped", question, 10)[0] for question in given.questions()] == [0, 1]
    assert list(tmp_path.rglob("tokens.bin"))


def test_the_products_index_holds_a_lapsed_passage_so_that_the_filter_has_work(own_index: Path) -> None:
    lines = next(own_index.rglob("passages.jsonl")).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(TEXTS) + 1
    assert json.loads(lines[-1])["ends_on"] == "1950-01-01"


def test_a_document_stands_where_its_best_passage_stands() -> None:
    asked = {"open_s": 1, "peak_mib": 2, "scan_p50_ms": 3, "rows": {"vector": a_row([[0, 1, 2], [1, 0, 2]])}}
    built = {"build_s": 4, "build_peak_mib": 5, "disk_mib": 6}
    row = score_runs(built, asked, [{"b": 1}, {"a": 1}], ["a", "a", "b"])["vector"]
    assert (row["hit@1"], row["mrr@10"]) == (0.5, 0.75)
    assert (row["p50_ms"], row["deep_p50_ms"], row["build_s"], row["scan_p50_ms"]) == (2.0, 4.0, 4.0, 3.0)


def test_it_is_said_where_a_neighbour_is_better_and_only_there() -> None:
    ours, theirs = some_figures(), {**some_figures(), "p50_ms": 3.0, "mrr@10": 0.5, "disk_mib": 20.0, "hit@1": 0.9}
    found = advantages({OWN: {"hybrid": ours}, "other": {"hybrid": theirs}})
    assert {each.measure for each in found} == {"p50_ms", "hit@1"}
    assert next(each for each in found if each.measure == "p50_ms").ours == 8.0


def test_one_that_knows_no_words_is_compared_by_its_vectors() -> None:
    found = advantages({OWN: {"hybrid": some_figures()}, "other": {"vector": {**some_figures(), "p50_ms": 1.0}}})
    assert [(each.peer, each.kind, each.measure) for each in found] == [("other", "vector", "p50_ms")]


def test_the_table_names_every_row_and_every_line_has_as_many_cells() -> None:
    text = render_table({"sets": [a_set()]})
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {len(HEADINGS) + 1}
    assert [("政问" in rows[2], "甲" in rows[3])] == [(True, True)]
    assert "甲（关键词 + 向量）：用时 p50 3.0 ms（政问 8.0 ms）。" in text
    assert "训练过检索模型的 3 题不算" in text


def test_nothing_better_is_said_too_and_what_failed_is_named() -> None:
    nothing = {**a_set(), "rows": {OWN: {"hybrid": some_figures()}}, "failed": ["乙装不上。"]}
    assert verdict_words(nothing) == ["没有一项比政问好。", "没有测成：乙装不上。"]


def test_one_that_fails_does_not_stop_the_others_and_what_was_measured_is_kept(shared: Path, folders: BenchFolders) -> None:
    said: list[str] = []
    first = measure_set(shared, [BROKEN, SCAN], folders, said.append)
    assert list(first["rows"]) == ["scan"]
    assert len(first["failed"]) == 1
    assert first["rows"]["scan"]["vector"]["hit@1"] == 1.0
    again = measure_set(shared, [SCAN], folders, said.append)
    assert again["rows"] == first["rows"]
    assert "沿用" in said[-1]


def test_what_was_measured_in_another_version_is_measured_again(shared: Path, folders: BenchFolders) -> None:
    kept = folders.kept / shared.name / "scan.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"made_of": "other", "built": {}, "asked": {}}), encoding="utf-8")
    assert peer_bench._made_of(SCAN, shared) != peer_bench._made_of(replace(SCAN, packages=("numpy==1",)), shared)
    assert measure_set(shared, [SCAN], folders, lambda _: None)["rows"]["scan"]["vector"]["hit@10"] == 1.0


def test_one_that_cannot_be_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NotInstalled, match="甲 装不上，跳过它"):
        prepared_python(Peer("a", "甲", "numpy_scan", ("nothing==1",), "", ("vector",)), tmp_path)


def test_results_go_into_the_document_the_page_and_the_file(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"前\n{MARKERS[0]}\n旧\n{MARKERS[1]}\n后\n", encoding="utf-8")
    deliver(finished([a_set()], [SCAN]), tmp_path / "out" / "peers.json", document)
    assert "| 政问 |" in document.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "peers.json").read_text(encoding="utf-8"))["sets"][0]["name"] == "tiny"
    page = (tmp_path / "out" / "peers.html").read_text(encoding="utf-8")
    assert page.count('scope="row"') == 2
    assert "逐行乘" in page


@pytest.mark.parametrize("peer", load_peers(), ids=lambda peer: peer.name)
def test_every_neighbour_has_a_runner_and_pinned_versions(peer: Peer) -> None:
    runner = Path(peer_bench.__file__).parent / "runners" / f"{peer.runner}.py"
    assert "if __name__" in runner.read_text(encoding="utf-8")
    assert all("==" in package for package in peer.packages)
    assert peer.how.endswith("。")
    assert set(peer.kinds) <= {"vector", "hybrid"}


def a_row(ranked: list[list[int]]) -> dict[str, object]:
    return {"ranked": ranked, "deep_ms": [4.0, 4.0], "shown_ms": [2.0, 2.0], "cpu_ms": [1.0, 1.0]}


def some_figures() -> dict[str, float]:
    quality = {"hit@1": 0.8, "hit@10": 0.9, "mrr@10": 0.85, "recall@100": 1.0}
    costs = {"p50_ms": 8.0, "p95_ms": 10.0, "cpu_p50_ms": 7.0, "build_s": 5.0, "open_s": 1.0, "peak_mib": 200.0, "disk_mib": 10.0}
    return {**quality, **costs, "deep_p50_ms": 9.0, "scan_p50_ms": 2.0, "build_peak_mib": 300.0}


def a_set() -> dict[str, object]:
    return {
        "name": "tiny", "passages": 5, "documents": 4, "questions": 2, "left_out": 3, "terms_s": 1.0, "reranked": True,
        "labels": {OWN: "政问", "other": "甲"}, "failed": [],
        "rows": {OWN: {"hybrid": some_figures()}, "other": {"hybrid": {**some_figures(), "p50_ms": 3.0}}},
    }  # fmt: skip
