"""Refreshing the index."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indexing.adapters.snapshot_store import SnapshotStore
from indexing.errors import RefreshInProgress
from indexing.models import RankingMode, SearchQuery
from indexing.ports import Progress, Vectors
from indexing.tuning import default_tuning
from knowledge_base.models import ChangeKind
from tests.factories import a_guide, a_revision
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.vector_cache import FakeVectorCache
from tests.indexing.refreshing import a_synchroniser, many_articles
from tests.passage_factory import CITY, a_searcher

ROOT = Path(__file__).parents[2]
TWO_ARTICLES = "第一条　申领居住证，应当提交身份证明。\n第二条　本办法由市公安局解释。\n"


def found(folder: Path, text: str, day: date = date(2024, 6, 1)) -> list[str]:
    searcher = a_searcher(SnapshotStore(folder))
    return [hit.passage.text for hit in searcher.search(SearchQuery(text, day, CITY), RankingMode.LEXICAL).hits]


class TestReport:
    def test_the_first_refresh_embeds_everything_and_switches(self, tmp_path: Path) -> None:
        report = a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)], [a_guide()]).refresh()
        assert report.switched
        assert (len(report.change.added), report.embedded, report.from_cache) == (3, 3, 0)
        assert SnapshotStore(tmp_path).current_id() == report.snapshot_id

    def test_it_reads_as_a_chinese_sentence(self, tmp_path: Path) -> None:
        report = a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)]).refresh()
        assert str(report).startswith("新增 2 段、替换 0 段、移除 0 段")

    def test_without_a_change_there_is_no_new_snapshot(self, tmp_path: Path) -> None:
        first = a_synchroniser(tmp_path, [a_revision()]).refresh()
        second = a_synchroniser(tmp_path, [a_revision()]).refresh()
        assert (second.switched, second.snapshot_id) == (False, first.snapshot_id)
        assert "没有变化" in str(second)
        assert len(SnapshotStore(tmp_path).snapshot_ids()) == 1

    def test_only_what_changed_is_embedded(self, tmp_path: Path) -> None:
        cache = FakeVectorCache()
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)], cache=cache).refresh()
        amended = TWO_ARTICLES.replace("身份证明", "身份证明和照片")
        report = a_synchroniser(tmp_path, [a_revision(text=amended)], cache=cache).refresh()
        assert (report.embedded, report.from_cache) == (1, 1)
        assert (len(report.change.replaced), len(report.change.unchanged)) == (1, 1)

    def test_text_that_only_moved_gets_its_new_place_and_counts_as_unchanged(self, tmp_path: Path) -> None:
        cache = FakeVectorCache()
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)], cache=cache).refresh()
        report = a_synchroniser(tmp_path, [a_revision(text="\n\n" + TWO_ARTICLES)], cache=cache).refresh()
        assert (report.switched, report.change.is_empty, report.embedded) == (True, True, 0)
        hit = a_searcher(SnapshotStore(tmp_path)).search(SearchQuery("居住证"), RankingMode.LEXICAL).hits[0]
        assert hit.passage.start == 2

    def test_a_repeal_embeds_nothing(self, tmp_path: Path) -> None:
        cache = FakeVectorCache()
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)], cache=cache).refresh()
        repealed = a_revision(text=TWO_ARTICLES, number=2, kind=ChangeKind.REPEAL, repealed_on=date(2024, 5, 1))
        report = a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES), repealed], cache=cache).refresh()
        assert (len(report.change.replaced), report.embedded) == (2, 0)

    def test_texts_that_are_the_same_are_embedded_once(self, tmp_path: Path) -> None:
        report = a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES), a_revision("d-copy", text=TWO_ARTICLES)]).refresh()
        assert (len(report.change.added), report.embedded) == (4, 2)

    def test_progress_is_told_in_chinese_and_reaches_the_end(self, tmp_path: Path) -> None:
        steps: dict[str, tuple[int, int]] = {}
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)]).refresh(lambda step, done, total: steps.update({step: (done, total)}))
        assert list(steps) == ["切分条款", "读取已有向量", "计算向量", "切分词语", "写入索引快照"]
        assert all(done == total for done, total in steps.values())


class TestContent:
    def test_repealed_text_is_indexed_and_found_for_the_days_on_which_it_bound(self, tmp_path: Path) -> None:
        revision = a_revision(text=TWO_ARTICLES, kind=ChangeKind.REPEAL, repealed_on=date(2024, 5, 1))
        a_synchroniser(tmp_path, [revision]).refresh()
        assert found(tmp_path, "居住证", date(2024, 4, 30))
        assert not found(tmp_path, "居住证", date(2024, 5, 1))

    def test_a_future_text_is_found_from_its_first_day_without_another_refresh(self, tmp_path: Path) -> None:
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES, effective_on=date(2030, 1, 1))]).refresh()
        assert not found(tmp_path, "居住证", date(2029, 12, 31))
        assert found(tmp_path, "居住证", date(2030, 1, 1))

    def test_a_guide_is_found_by_its_usual_questions(self, tmp_path: Path) -> None:
        a_synchroniser(tmp_path, guides=[a_guide(usual_questions=("外地人怎么落脚？",))]).refresh()
        assert "申请材料" in found(tmp_path, "外地人怎么落脚")[0]

    def test_removed_text_is_gone(self, tmp_path: Path) -> None:
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES), a_revision("d-2", text="第一条　停车管理。\n")]).refresh()
        report = a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)]).refresh()
        assert report.change.removed == ("d-2.e1#第一条",)
        assert not found(tmp_path, "停车")

    def test_an_empty_policy_base_gives_an_empty_index(self, tmp_path: Path) -> None:
        assert a_synchroniser(tmp_path).refresh().switched
        assert found(tmp_path, "居住证") == []


class TestRebuilding:
    def test_another_embedder_means_a_whole_new_snapshot(self, tmp_path: Path) -> None:
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)]).refresh()
        report = a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)], embedder=FakeEmbedder(32)).refresh()
        assert (report.switched, report.embedded) == (True, 2)

    def test_another_tokenizer_means_a_whole_new_snapshot_with_the_old_vectors(self, tmp_path: Path) -> None:
        cache = FakeVectorCache()
        a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)], cache=cache).refresh()
        report = a_synchroniser(tmp_path, [a_revision(text=TWO_ARTICLES)], cache=cache, tokenizer=BigramTokenizer("others")).refresh()
        assert (report.switched, report.embedded, report.from_cache) == (True, 0, 2)

    @pytest.mark.parametrize("name", ["manifest.json", "digests.json", "vectors.faiss", "terms.npz"])
    def test_a_damaged_snapshot_is_rebuilt(self, tmp_path: Path, name: str) -> None:
        damaged = a_synchroniser(tmp_path, [a_revision()]).refresh()
        (tmp_path / "snapshots" / damaged.snapshot_id / name).write_bytes(b"{")
        report = a_synchroniser(tmp_path, [a_revision()]).refresh()
        assert report.switched
        assert found(tmp_path, "居住证")


class FailingEmbedder(FakeEmbedder):
    """Fails after `good` batches."""

    def __init__(self, good: int) -> None:
        super().__init__()
        self._good = good

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if self._good == 0:
            raise MemoryError
        self._good -= 1
        return super().embed_passages(texts, progress)


class TestFailure:
    def test_the_old_snapshot_stays_when_a_refresh_fails(self, tmp_path: Path) -> None:
        good = a_synchroniser(tmp_path, [a_revision()]).refresh()
        with pytest.raises(MemoryError):
            a_synchroniser(tmp_path, [many_articles(1)], embedder=FailingEmbedder(0)).refresh()
        assert SnapshotStore(tmp_path).current_id() == good.snapshot_id
        assert found(tmp_path, "居住证")

    def test_an_interrupted_refresh_keeps_all_but_its_last_batch_of_vectors(self, tmp_path: Path) -> None:
        shipped = default_tuning()
        small = replace(shipped, snapshots=replace(shipped.snapshots, embed_batch=10))
        cache = FakeVectorCache()
        with pytest.raises(MemoryError):
            a_synchroniser(tmp_path, [many_articles(1)], cache=cache, embedder=FailingEmbedder(3), tuning=small).refresh()
        report = a_synchroniser(tmp_path, [many_articles(1)], cache=cache, tuning=small).refresh()
        assert (report.from_cache, report.embedded) == (30, 90)

    def test_a_second_refresh_at_the_same_time_is_refused(self, tmp_path: Path) -> None:
        with SnapshotStore(tmp_path).refreshing(), pytest.raises(RefreshInProgress):
            a_synchroniser(tmp_path, [a_revision()]).refresh()


class TestKilled:
    @pytest.mark.parametrize("seed", range(4))
    def test_after_a_kill_the_last_good_snapshot_answers_and_the_next_refresh_works(self, tmp_path: Path, seed: int) -> None:
        refreshing = subprocess.Popen(
            [sys.executable, "-m", "tests.indexing.refreshing", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert refreshing.stdout is not None
        finished = int(refreshing.stdout.readline())
        # Any moment of the following refreshes: splitting, embedding, writing, verifying, switching, pruning.
        time.sleep(random.Random(seed).uniform(0.0, 1.0))  # noqa: S311 (a repeatable moment, not a secret)
        refreshing.send_signal(signal.SIGKILL)
        finished = max([finished, *map(int, refreshing.stdout.read().split())])
        refreshing.wait()

        texts = found(tmp_path, "第一版规定，申领居住证")
        assert any(f"第{generation}版" in texts[0] for generation in (finished, finished + 1))
        assert a_synchroniser(tmp_path, [many_articles(99)]).refresh().switched
        assert "第99版" in found(tmp_path, "申领居住证")[0]
        assert not list((tmp_path / "snapshots").glob(".*"))
