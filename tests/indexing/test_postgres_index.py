"""The index on PostgreSQL: the same answers as the snapshot on the disk, and what only rows can go wrong in."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text

from indexing.adapters.postgres import PostgresSnapshots, prepare_passages, queries
from indexing.adapters.postgres.allowed import Allowed
from indexing.adapters.postgres.engine_tuning import EngineTuning, engine_tuning
from indexing.adapters.postgres.keyword_search import KeywordSearch
from indexing.adapters.postgres.layout import SCHEMA
from indexing.adapters.postgres.numbers import number_of
from indexing.adapters.postgres.question_terms import QuestionTerms
from indexing.adapters.postgres.reading import Reader, array
from indexing.adapters.snapshot_searcher import SnapshotSearcher
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.errors import EngineUnfit, SnapshotDamaged
from indexing.models import Passage, RankingMode, SearchQuery, SearchResult
from indexing.paired_vectors import SearchHalf
from indexing.tuning import Tuning, default_tuning
from indexing.vector_adaptation import UNADAPTED
from knowledge_base.adapters.sql.bounded_connection import BoundedConnection
from knowledge_base.errors import StoreUnavailable
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.paired_embedder import PairedFake
from tests.fakes.token_embedder import FakeTokenEmbedder
from tests.passage_factory import CITY, DISTRICT, NATION, OTHER_DISTRICT, a_passage, a_searcher, demo_regions, parts_of, publish_snapshot

# The names in statements are this module's own.
# ruff: noqa: S608
pytestmark = pytest.mark.postgres
SUBJECTS = ("居住证", "公积金", "养犬", "停车", "低保", "噪声", "物业", "入学", "失业保险", "养老服务")
ACTS = ("申请", "缴纳", "登记", "补贴", "处罚", "查询", "变更", "注销")
DISTRIBUTED = ("passages", "vectors", "texts", "tokens", "postings")


def large_tuning() -> Tuning:
    """Every part of the ranking takes part, as in a large index."""
    return replace(default_tuning(), fusion=replace(default_tuning().fusion, large_from=50, candidates=40))


def a_corpus(count: int = 300) -> list[Passage]:
    chance = random.Random(11)  # noqa: S311 (a fixed corpus, not a secret)

    def sentence() -> str:
        return "".join(f"{chance.choice(SUBJECTS)}的{chance.choice(ACTS)}，应当在{chance.randint(1, 30)}日内办理。" for _ in range(3))

    return [
        a_passage(
            sentence(),
            f"d-{number // 5}",
            path=f"第{number}条",
            title=f"{SUBJECTS[number // 5 % 10]}办法",
            jurisdiction=chance.choice((NATION, CITY, DISTRICT, OTHER_DISTRICT)),
            effective_on=date(2020 + chance.randint(0, 5), 1, 1),
            ends_on=chance.choice((None, None, date(2026, 6, 1))),
        )
        for number in range(count)
    ]


QUESTIONS = [
    SearchQuery("居住证怎么申请登记", limit=20),
    SearchQuery("失业保险补贴几日内办理", as_of=date(2024, 5, 1), jurisdiction=DISTRICT, limit=20),
    SearchQuery("养犬处罚", as_of=date(2026, 7, 1), limit=20),
    SearchQuery("物业噪声投诉到哪里", jurisdiction=CITY, limit=20),
    SearchQuery("怎么办", limit=20),
]


def a_store(engine: Engine, numbers: EngineTuning | None = None) -> PostgresSnapshots:
    store = PostgresSnapshots(engine, large_tuning(), numbers)
    publish_snapshot(store, a_corpus(), PairedFake(), adapter=SearchHalf(UNADAPTED))
    return store


def answers(store: SnapshotStore | PostgresSnapshots, mode: RankingMode) -> Iterator[SearchResult]:
    searcher = SnapshotSearcher(store, PairedFake(), BigramTokenizer(), large_tuning(), demo_regions())
    return (searcher.search(question, mode) for question in QUESTIONS)


IN_MEMORY, ON_SERVER = engine_tuning(), replace(engine_tuning(), known_passages=0)


@pytest.mark.parametrize("numbers", [IN_MEMORY, ON_SERVER], ids=["words in memory", "words on the server"])
def test_both_engines_give_the_same_hits_with_the_same_scores(passages_engine: Engine, tmp_path: Path, numbers: EngineTuning) -> None:
    rows, disk = a_store(passages_engine, numbers), SnapshotStore(tmp_path, large_tuning())
    publish_snapshot(disk, a_corpus(), PairedFake(), adapter=SearchHalf(UNADAPTED))
    for mode in RankingMode:
        for ours, theirs in zip(answers(rows, mode), answers(disk, mode), strict=True):
            assert [hit.passage for hit in ours.hits] == [hit.passage for hit in theirs.hits], mode
            for one, other in zip(ours.hits, theirs.hits, strict=True):
                figures = (other.score, other.vector_score, other.lexical_score)
                assert (one.score, one.vector_score, one.lexical_score) == pytest.approx(figures, abs=2e-4), mode


@pytest.mark.parametrize("rare_rows", [100, 400, 1000, 2000])
def test_common_words_are_asked_late_and_count_all_the_same(passages_engine: Engine, rare_rows: int) -> None:
    store = a_store(passages_engine)
    opened, tokenizer = store.open(store.current_id() or ""), BigramTokenizer()
    late = replace(engine_tuning(), rare_rows=rare_rows, rare_reach=60)
    never, decided = replace(late, rare_rows=1), 0
    with passages_engine.connect() as connection:
        for question in QUESTIONS:
            allowed = Allowed(opened.facts.generation, question.as_of)
            numbers = np.array([number_of(term) for term in dict.fromkeys(tokenizer.query_terms(question.text))], dtype=np.int64)
            reader = Reader(connection)
            containing = reader.pairs(queries.CONTAINING, {"terms": array(numbers), "generation": allowed.generation})
            terms = QuestionTerms.of(numbers, containing, opened.facts, large_tuning().lexical)
            by_rare = KeywordSearch(reader, terms, allowed, 1.0, 10, late)
            decided += by_rare._by_rare_terms() is not None
            assert by_rare.best() == KeywordSearch(reader, terms, allowed, 1.0, 10, never).best()
    assert decided or rare_rows != 1000


def test_through_the_graph_nearly_the_same_is_found(passages_engine: Engine) -> None:
    exact = [{hit.passage.id for hit in found.hits[:10]} for found in answers(a_store(passages_engine), RankingMode.DEFAULT)]
    by_graph = a_store(passages_engine, replace(engine_tuning(), exact_rows=0, exact_share=0.0))
    with passages_engine.connect() as connection:
        assert connection.execute(text(f"SELECT to_regclass('{SCHEMA}.vectors_nearest_64')")).scalar()
    found = [{hit.passage.id for hit in found.hits[:10]} for found in answers(by_graph, RankingMode.DEFAULT)]
    overlap = sum(len(one & other) for one, other in zip(exact, found, strict=True)) / sum(map(len, exact))
    assert overlap >= 0.95


def test_a_search_in_a_snapshot_that_was_cleared_away_says_so(passages_engine: Engine) -> None:
    store = a_store(passages_engine)
    searcher = a_searcher(store, PairedFake(), tuning=large_tuning())
    searcher.search(QUESTIONS[0])
    gone = store.current_id() or ""
    publish_snapshot(store, [a_passage()], PairedFake(), adapter=SearchHalf(UNADAPTED))
    store.discard(gone)
    opened = SnapshotSearcher(store, PairedFake(), BigramTokenizer(), large_tuning(), demo_regions(), gone)
    with pytest.raises(SnapshotDamaged, match="没有这个快照"):
        opened.search(QUESTIONS[0])


def test_an_open_snapshot_notices_that_it_was_cleared_away(passages_engine: Engine) -> None:
    store = a_store(passages_engine)
    first = store.current_id() or ""
    opened = SnapshotSearcher(store, PairedFake(), BigramTokenizer(), large_tuning(), demo_regions(), first)
    opened.search(QUESTIONS[0])
    publish_snapshot(store, [a_passage()], PairedFake(), adapter=SearchHalf(UNADAPTED))
    store.discard(first)
    for mode in RankingMode:
        with pytest.raises(SnapshotDamaged, match="已经没有这个快照"):
            opened.search(QUESTIONS[0], mode)


def test_what_no_kept_snapshot_needs_is_cleared_away(passages_engine: Engine) -> None:
    store = PostgresSnapshots(passages_engine)
    old = publish_snapshot(store, [a_passage("养犬登记证明", "d-old"), a_passage()], FakeTokenEmbedder())
    publish_snapshot(store, [a_passage()], FakeTokenEmbedder())
    store.discard(old.snapshot_id)
    with passages_engine.connect() as connection:
        counts = {
            table: connection.execute(text(f"SELECT count(DISTINCT passage) FROM {SCHEMA}.{table}")).scalar() for table in DISTRIBUTED
        }
        assert counts == dict.fromkeys(DISTRIBUTED, 1)
        assert connection.execute(text(f"SELECT count(*) FROM {SCHEMA}.terms WHERE word = '养犬'")).scalar() == 0
        assert connection.execute(text(f"SELECT count(*) FROM {SCHEMA}.terms WHERE word = '居住'")).scalar() == 1


def test_a_snapshot_that_lacks_tokens_of_a_passage_is_refused(passages_engine: Engine) -> None:
    embedder, passages = FakeTokenEmbedder(), [a_passage(), a_passage("停车。", "d-2")]
    vectors, tokens = embedder.embed_passages_with_tokens([passage.search_text for passage in passages])
    store = PostgresSnapshots(passages_engine)
    with pytest.raises(SnapshotDamaged, match="词元"):
        store.write(passages, vectors, parts_of(embedder, BigramTokenizer()), lambda *_: None, tokens[:1])
    assert store.snapshots() == ()


@pytest.mark.parametrize("numbers", [IN_MEMORY, ON_SERVER], ids=["words in memory", "words on the server"])
def test_searches_during_switches_never_mix_two_snapshots(passages_engine: Engine, numbers: EngineTuning) -> None:
    at_once = replace(large_tuning(), snapshots=replace(default_tuning().snapshots, check_every_s=0.0))
    store = PostgresSnapshots(passages_engine, at_once, numbers)
    # The same ids and words, so that only the text tells of which snapshot a hit is.
    editions = [[replace(passage, text=f"第{number}版", digest=f"{number}") for passage in a_corpus(60)] for number in range(3)]
    edition_of = {publish_snapshot(store, editions[0], FakeTokenEmbedder()).snapshot_id: "第0版"}
    searcher = SnapshotSearcher(store, FakeTokenEmbedder(), BigramTokenizer(), at_once, demo_regions())
    found: list[SearchResult] = []
    over = threading.Event()

    def search() -> None:
        while not over.is_set():
            found.append(searcher.search(QUESTIONS[len(found) % 3]))

    with ThreadPoolExecutor(4) as threads:
        searches = [threads.submit(search) for _ in range(4)]
        while not found and not any(one.done() for one in searches):
            time.sleep(0.01)
        for number in range(1, len(editions)):
            edition_of[publish_snapshot(store, editions[number], FakeTokenEmbedder()).snapshot_id] = f"第{number}版"
            while found[-1].snapshot_id != store.current_id() and not any(one.done() for one in searches):
                time.sleep(0.01)
        over.set()
        for one in searches:
            one.result()
    assert {hit.passage.text for result in found for hit in result.hits if hit.passage.text != edition_of[result.snapshot_id]} == set()
    assert {result.snapshot_id for result in found} == edition_of.keys()


def test_a_new_snapshot_knows_from_the_start_the_words_that_were_asked(passages_engine: Engine) -> None:
    store = a_store(passages_engine)
    before = store.open(store.current_id() or "")
    searcher = SnapshotSearcher(store, PairedFake(), BigramTokenizer(), large_tuning(), demo_regions(), before.manifest.snapshot_id)
    searcher.search(QUESTIONS[0])
    publish_snapshot(store, a_corpus(310), PairedFake(), adapter=SearchHalf(UNADAPTED))
    after = store.open(store.current_id() or "")
    assert after.words is not None
    assert number_of("居住") in after.words.used()


def test_tokens_decide_alike_on_both_engines(passages_engine: Engine, tmp_path: Path) -> None:
    tuning = replace(large_tuning(), reranking=replace(large_tuning().reranking, weight=0.5, least=1.0))
    results = []
    for store in (PostgresSnapshots(passages_engine, tuning), SnapshotStore(tmp_path, tuning)):
        publish_snapshot(store, a_corpus(100), FakeTokenEmbedder())
        searcher = SnapshotSearcher(store, FakeTokenEmbedder(), BigramTokenizer(), tuning, demo_regions())
        results.append([searcher.search(question) for question in QUESTIONS])
    for ours, theirs in zip(*results, strict=True):
        assert "rerank" in ours.timings_ms
        assert [hit.passage for hit in ours.hits] == [hit.passage for hit in theirs.hits]
        assert [hit.score for hit in ours.hits] == pytest.approx([hit.score for hit in theirs.hits], abs=2e-4)


@pytest.mark.parametrize(
    "harm", [f"DELETE FROM {SCHEMA}.passages WHERE passage = 1", f"UPDATE {SCHEMA}.passages SET checksum = 1 WHERE passage = 2"]
)
def test_rows_that_are_lost_or_changed_are_noticed_on_opening(passages_engine: Engine, harm: str) -> None:
    store = PostgresSnapshots(passages_engine)
    manifest = publish_snapshot(store, [a_passage(), a_passage("停车。", "d-2")])
    with passages_engine.begin() as connection:
        connection.execute(text(harm))
    with pytest.raises(SnapshotDamaged, match="不一致"):
        store.open(manifest.snapshot_id)


def test_a_search_after_every_connection_was_cut_finds_again(passages_engine: Engine) -> None:
    publish_snapshot(store := PostgresSnapshots(passages_engine), [a_passage()])
    searcher = a_searcher(store)
    searcher.search(SearchQuery("居住证"))
    with create_engine(passages_engine.url).begin() as other:
        other.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        )
    assert searcher.search(SearchQuery("居住证")).hits[0].passage == a_passage()


def test_a_database_that_goes_away_while_it_is_searched_says_so(passages_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_snapshot(store := PostgresSnapshots(passages_engine), [a_passage()])
    searcher = a_searcher(store)
    searcher.search(SearchQuery("居住证"))
    passages_engine.dispose()

    def refuse(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(BoundedConnection, "connect", refuse)
    with pytest.raises(StoreUnavailable, match="连不上数据库"):
        searcher.search(SearchQuery("居住证"))


def test_every_sign_of_a_text_comes_back(passages_engine: Engine) -> None:
    odd = replace(a_passage(), text="第一条\0〇𠮷\t“引”", title="办法")
    publish_snapshot(store := PostgresSnapshots(passages_engine), [odd])
    assert a_searcher(store).search(SearchQuery("居住证")).hits[0].passage == odd


def test_the_primary_key_of_what_a_cluster_distributes_holds_its_document(passages_engine: Engine) -> None:
    query = text(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid"
        f" AND a.attnum = ANY((i.indkey::int2[])[0:i.indnkeyatts - 1]) WHERE i.indisprimary AND a.attname = 'document'"
        f" AND c.relnamespace = '{SCHEMA}'::regnamespace"
    )
    with passages_engine.connect() as connection:
        assert set(connection.execute(query).scalars()) == set(DISTRIBUTED)


def test_statements_join_what_is_distributed_by_the_document() -> None:
    allowed = Allowed(1, date(2026, 1, 1), (CITY,))
    statements = [
        queries.FIGURES, queries.BODIES, queries.TOKENS, queries.WORDS, queries.counted(allowed), queries.nearest_by_graph(allowed, 64),
        queries.nearest_by_scan(allowed, by_base=True), queries.best_lexical(allowed), queries.best_of_documents(allowed),
        queries.document_sizes(allowed),
    ]  # fmt: skip
    for statement in statements:
        joined = re.findall(
            rf"JOIN {SCHEMA}\.({'|'.join(DISTRIBUTED)}) (\w)( ON \2\.document = \w\.document AND \2\.passage = \w\.passage)?",
            statement.text,
        )
        assert all(condition for _, _, condition in joined), statement.text
    assert all(
        part.strip().startswith("SET LOCAL")
        for part in [*queries.settings(engine_tuning()).split(";"), queries.GRAPH_ONLY, queries.GRAPH_OR_NOT]
    )


def test_preparing_again_changes_nothing(passages_engine: Engine) -> None:
    publish_snapshot(store := PostgresSnapshots(passages_engine), [a_passage()])
    prepare_passages(passages_engine)
    assert len(store.snapshots()) == 1


def test_another_database_than_postgresql_is_refused(sqlite_url: str) -> None:
    with pytest.raises(EngineUnfit, match="PostgreSQL"):
        prepare_passages(create_engine(sqlite_url))


def test_every_number_of_the_engine_is_positive() -> None:
    numbers = engine_tuning()
    assert all(getattr(numbers, name) > 0 for name in numbers.__slots__)
