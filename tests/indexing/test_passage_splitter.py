"""Cutting editions and guides into passages."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing.models import Passage, PassageKind
from indexing.passage_splitter import guide_passage, split_edition
from indexing.sentence_windows import window_spans
from indexing.tuning import default_tuning
from knowledge_base.models import Edition, ProvisionLevel
from tests.factories import a_guide, a_revision

SIZES = default_tuning().passages
SENTENCE = "申请人应当如实提交材料，并对材料的真实性负责。"


def an_edition(text: str, number: int = 1, **about: object) -> Edition:
    revision = a_revision(text=text, edition=number, **about)  # type: ignore[arg-type]
    return Edition(revision.document_id, number, revision, date(2024, 1, 1), None, None)


def split(text: str) -> tuple[Passage, ...]:
    return split_edition(an_edition(text))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def an_article(number: str, *paragraphs: str) -> str:
    return f"第{number}条　" + "\n".join(paragraphs) + "\n"


class TestArticles:
    def test_a_short_article_is_one_passage_with_its_paragraphs_and_items(self) -> None:
        text = an_article("一", "申领居住证应当提交下列材料：", "（一）居民身份证；", "（二）居住地址证明。", SENTENCE)
        assert [passage.text for passage in split(text)] == [text.strip()]

    def test_neighbouring_articles_stay_apart(self) -> None:
        passages = split(an_article("一", "为了规范管理，制定本办法。") + an_article("二", "本办法自公布之日起施行。"))
        assert [passage.paths for passage in passages] == [("第一条",), ("第二条",)]

    def test_a_long_article_is_cut_between_its_paragraphs(self) -> None:
        paragraphs = [f"{SENTENCE * 8}" for _ in range(3)]
        passages = split(an_article("一", *paragraphs))
        assert [squeezed(passage.text).removeprefix("第一条") for passage in passages] == paragraphs
        assert [passage.id for passage in passages] == ["d-residence.e1#第一条", "d-residence.e1#第一条~2", "d-residence.e1#第一条~3"]

    def test_pieces_are_named_by_the_provisions_they_cover(self) -> None:
        passages = split(an_article("一", SENTENCE * 10, SENTENCE * 10))
        assert [passage.citation for passage in passages] == ["第一条第一款", "第一条第二款"]

    def test_a_paragraph_too_long_for_a_piece_is_cut_at_sentence_ends(self) -> None:
        passages = split(an_article("一", SENTENCE * 30))
        assert len(passages) > 1
        assert all(passage.text.endswith("。") for passage in passages)
        assert all(len(passage.text) <= SIZES.piece_chars for passage in passages)

    def test_headings_above_are_carried_and_not_repeated_as_passages(self) -> None:
        passages = split("第一章　总则\n" + an_article("一", SENTENCE) + "第二章　申领\n" + an_article("二", SENTENCE))
        assert [passage.heading_path for passage in passages] == [("第一章 总则", "第一条"), ("第二章 申领", "第二条")]

    def test_a_heading_with_nothing_below_it_is_not_lost(self) -> None:
        passages = split("第一章　总则\n" + an_article("一", SENTENCE) + "第二章　附则\n")
        assert any("附则" in passage.text for passage in passages)

    def test_an_inserted_article_changes_no_other_id(self) -> None:
        before = "".join(an_article(number, SENTENCE * 20) for number in ("一", "二", "三"))
        after = before.replace("第二条", an_article("一", "").rstrip().replace("第一条", "第一条之一") + SENTENCE + "\n第二条")
        ids = {passage.id: passage.text for passage in split(before)}
        now = {passage.id: passage.text for passage in split(after)}
        assert ids.items() <= now.items()
        assert len(now) == len(ids) + 1


class TestNotices:
    def test_a_short_text_without_sections_is_one_passage_with_its_list(self) -> None:
        text = "有下列情形之一的，不予受理：\n（一）材料不齐的；\n（二）不符合条件的。"
        assert [passage.text for passage in split(text)] == [text]

    def test_the_opening_of_a_notice_stays_apart_from_its_first_section(self) -> None:
        text = "现就有关事项通知如下：\n一、招生对象\n" + SENTENCE * 10 + "\n二、报名办法\n" + SENTENCE * 10 + "\n"
        assert [passage.paths[0] for passage in split(text)] == ["", "一、", "二、"]

    def test_words_that_announce_a_list_are_read_with_its_beginning(self) -> None:
        text = "有下列情形之一的，不予受理：\n" + "".join(f"（{number}）{SENTENCE * 6}\n" for number in "一二三四五")
        assert split(text)[0].text.startswith("有下列情形之一的，不予受理：\n（一）")

    def test_short_headings_stay_whole_with_what_is_below_them(self) -> None:
        text = f"一、申领条件\n（一）{SENTENCE}\n（二）{SENTENCE * 2}\n" + f"二、申领材料\n{SENTENCE * 5}\n"
        assert [squeezed(passage.text)[:2] for passage in split(text)] == ["一、", "二、"]

    def test_a_very_short_section_joins_its_neighbour(self) -> None:
        passages = split(f"一、受理时间\n工作日上午。\n二、受理地点\n{SENTENCE * 3}\n")
        assert [passage.paths for passage in passages] == [("一、", "二、")]

    def test_a_long_section_is_cut_below_its_heading(self) -> None:
        text = "一、申领条件\n" + "".join(f"（{number}）{SENTENCE * 9}\n" for number in "一二三")
        passages = split(text)
        assert all(passage.heading_path[0] == "一、 申领条件" for passage in passages)
        assert [passage.id.split("#")[1] for passage in passages] == ["一、/（一）", "一、/（二）", "一、/（三）"]

    def test_running_text_is_cut_into_windows_of_whole_sentences(self) -> None:
        passages = split(SENTENCE * 60)
        assert all(passage.text.endswith("。") and len(passage.text) <= SIZES.window_chars for passage in passages)
        assert "".join(passage.text for passage in passages) == SENTENCE * 60

    def test_a_sentence_without_end_is_cut_at_a_comma(self) -> None:
        passages = split("本市行政区域内的单位和个人，" * 200)
        assert all(len(passage.text) <= SIZES.sentence_chars for passage in passages)
        assert all(passage.text.endswith("，") for passage in passages)

    def test_an_empty_text_has_no_passages(self) -> None:
        assert split(" \n\u3000\n") == ()


class TestSearchText:
    def test_it_carries_title_headings_and_text(self) -> None:
        passage = split("第一章　总则\n" + an_article("一", SENTENCE))[0]
        assert all(part in passage.search_text for part in ("示范市居住证管理办法", "第一章 总则", SENTENCE))

    def test_what_the_text_opens_with_is_not_said_twice(self) -> None:
        assert split(an_article("一", SENTENCE))[0].search_text.count("第一条") == 1

    def test_validity_changes_the_digest_but_not_the_search_text(self) -> None:
        passage = split(an_article("一", SENTENCE))[0]
        edition = an_edition(an_article("一", SENTENCE))
        ended = Edition(edition.document_id, 1, edition.revision, edition.effective_on, date(2025, 1, 1), None)
        other = split_edition(ended)[0]
        assert other.digest != passage.digest
        assert other.search_text == passage.search_text


class TestGuides:
    def test_every_filled_field_is_a_labelled_line(self) -> None:
        guide = a_guide(conditions=("在本市居住半年以上",), url="https://www.shifan.example/jzz")
        assert guide_passage(guide).text.splitlines() == [
            "办理条件：在本市居住半年以上",
            "申请材料：本人居民身份证；居住地址证明",
            "办理时限：15个工作日",
            "收费标准：免费",
            "咨询电话：0900-8880101",
            "网上办理：https://www.shifan.example/jzz",
        ]

    def test_aliases_and_usual_questions_are_for_finding_only(self) -> None:
        passage = guide_passage(a_guide(aliases=("暂住证",), usual_questions=("外地人怎么办居住证？",)))
        assert "暂住证" in passage.search_text
        assert "外地人怎么办居住证？" in passage.search_text
        assert "暂住证" not in passage.text

    def test_a_guide_always_binds_in_its_region(self) -> None:
        passage = guide_passage(a_guide())
        assert (passage.kind, passage.id, passage.effective_on, passage.ends_on) == (
            PassageKind.GUIDE,
            "guide-residence.e0#guide",
            date.min,
            None,
        )


WORDS = st.text(alphabet="市民办理居住证申请材料，；。！ 　“”（）", min_size=1, max_size=120)
LABELS = st.sampled_from(
    [
        "",
        "第一条　",
        "第二条 ",
        "第十条之一　",
        "第一章　总则\n",
        "第二节　申领\n",
        "一、",
        "二、条件\n",
        "（一）",
        "（二）",
        "1.",
        "附件1\n",
    ]
)
TEXTS = st.lists(st.tuples(LABELS, WORDS, st.sampled_from(["\n", "\n\n", "\r\n", " "])), max_size=25).map(
    lambda lines: "".join(label + words * 4 + end for label, words, end in lines)
)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_passages_quote_their_source_in_order_without_overlap_and_lose_nothing(text: str) -> None:
    edition = an_edition(text)
    passages = split_edition(edition)
    assert all(passage.text == text[passage.start : passage.end] and passage.text.strip() == passage.text != "" for passage in passages)
    assert all(left.end <= right.start for left, right in pairwise(passages))
    assert len({passage.id for passage in passages}) == len(passages)
    left_out = set(range(len(text))) - {at for passage in passages for at in range(passage.start, passage.end)}
    headings = {
        at
        for node in edition.revision.outline.walk()
        if node.level not in (ProvisionLevel.TEXT, ProvisionLevel.ARTICLE, ProvisionLevel.ITEM, ProvisionLevel.PARAGRAPH)
        and any(squeezed(node.label + node.title) in squeezed("".join(passage.heading_path)) for passage in passages)
        for at in range(node.start, node.children[0].start if node.children else node.end)
    }
    assert all(text[at].isspace() or at in headings for at in left_out)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_every_passage_covers_provisions_of_the_outline(text: str) -> None:
    edition = an_edition(text)
    nodes = {node.path: node for node in edition.revision.outline.walk()}
    labels = {squeezed(node.label + node.title) for node in nodes.values()}
    for passage in split_edition(edition):
        covered = [nodes[path] for path in passage.paths]
        # Nothing but a number alone on its line ("第一条") may stand before the provisions named.
        assert squeezed(text[passage.start : covered[0].start]) in {"", *labels}
        assert passage.end <= covered[-1].end


@given(WORDS.map(lambda words: words * 8), st.integers(20, 200))
def test_windows_are_contiguous_and_cut_no_sentence(text: str, size: int) -> None:
    windows = window_spans(text, 0, len(text), size, longest=10_000)
    assert "".join(text[start:end] for start, end in windows) == text
    assert all(re.search(r"[。；！？\n][”’」』）》\s]*$", text[start:end]) for start, end in windows[:-1])


@pytest.mark.public_data
def test_real_laws_and_notices_split_without_loss(public_data: Path) -> None:
    import gzip
    import json

    for name in ("laws/docs.jsonl.gz", "gov_policies/docs.jsonl.gz"):
        with gzip.open(public_data / name, "rt", encoding="utf-8") as lines:
            documents = [json.loads(line) for _, line in zip(range(60), lines, strict=False)]
        for document in documents:
            passages = split(document["text"])
            assert all(document["text"][passage.start : passage.end] == passage.text for passage in passages)
            assert len({passage.id for passage in passages}) == len(passages)
            assert all(len(passage.text) <= SIZES.sentence_chars for passage in passages)
