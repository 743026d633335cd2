"""What words say beyond their sum: of the document around a passage, and standing together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.snapshot_candidates import term_matches
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.character_pairs import character_pairs
from indexing.models import Passage
from indexing.term_evidence import TermEvidence
from indexing.tuning import FusionTuning, default_tuning
from tests.passage_factory import a_passage, publish_snapshot

DAY = date(2025, 6, 1)


def evidence(
    folder: Path, passages: Sequence[Passage], text: str, day: date | None = None, tuning: FusionTuning | None = None
) -> TermEvidence:
    """Of every passage, in order."""
    store = SnapshotStore(folder)
    snapshot = store.open(publish_snapshot(store, passages).snapshot_id)
    terms = list(dict.fromkeys(character_pairs(text)))
    matches = term_matches(snapshot.lexical, snapshot.columns, terms, np.arange(len(passages)), snapshot.row_filter(day, None))
    return matches.evidence(text, tuning or default_tuning().fusion)


def in_one_document(*texts: str) -> list[Passage]:
    return [a_passage(text, "d-1", path=f"第{number}条", title="办法") for number, text in enumerate(texts, start=1)]


def test_the_share_is_that_of_the_keyword_search(tmp_path: Path) -> None:
    passages = [a_passage("居住证的申领条件", "d-1"), a_passage("住房公积金缴存", "d-2")]
    text = "居住证申领"
    share = evidence(tmp_path, passages, text).share
    lexical = SnapshotStore(tmp_path).open(SnapshotStore(tmp_path).current_id() or "").lexical
    terms = list(dict.fromkeys(character_pairs(text)))
    assert share == pytest.approx(lexical.scores(terms) / lexical.ceiling(terms), abs=1e-6)


def test_a_passage_is_helped_by_the_words_of_its_document(tmp_path: Path) -> None:
    alone = a_passage("补贴每月三百元", "d-2", title="办法")
    found = evidence(tmp_path, [*in_one_document("补贴每月三百元", "云栖区退役军人适用本办法"), alone], "云栖区退役军人补贴").document
    assert found[0] > found[2]


def test_a_document_of_one_passage_says_what_the_passage_says(tmp_path: Path) -> None:
    found = evidence(tmp_path, [a_passage("居住证的申领条件", "d-1"), a_passage("住房公积金缴存", "d-2")], "居住证")
    assert found.document == pytest.approx(found.share)


def test_text_that_does_not_bind_on_the_day_does_not_speak_for_its_document(tmp_path: Path) -> None:
    now, repealed = in_one_document("补贴每月三百元", "云栖区退役军人适用本办法")
    repealed = replace(repealed, ends_on=date(2025, 1, 1))
    found = evidence(tmp_path, [now, repealed], "云栖区退役军人补贴", DAY)
    assert found.document[0] == pytest.approx(found.share[0])


def test_a_long_code_says_nothing_of_its_articles(tmp_path: Path) -> None:
    passages = in_one_document("补贴每月三百元", "云栖区退役军人适用本办法")
    found = evidence(tmp_path, passages, "云栖区退役军人补贴", tuning=replace(default_tuning().fusion, document_passages=1))
    assert found.document == pytest.approx(found.share)


def test_words_that_stand_together_count_for_more(tmp_path: Path) -> None:
    together, apart = a_passage("退役军人优待证", "d-1", title="甲"), a_passage("优待证，退役。役军，军人", "d-2", title="乙")
    run = evidence(tmp_path, [together, apart], "退役军人优待证").run
    assert run[0] > run[1] > 0


def test_the_whole_question_verbatim_is_one_full_run(tmp_path: Path) -> None:
    assert evidence(tmp_path, [a_passage("退役军人优待证", "d-1", title="甲")], "退役军人优待证").run[0] == pytest.approx(1.0)


def test_a_question_without_known_words_gives_nothing(tmp_path: Path) -> None:
    found = evidence(tmp_path, [a_passage()], "？")
    assert not found.share.any()
    assert not found.document.any()
    assert not found.run.any()
