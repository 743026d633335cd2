"""The policy vocabulary: every entry is loaded and used; contradictions are refused with the word named."""

import logging
from pathlib import Path

import jieba
import pytest

import indexing
from indexing.errors import InvalidVocabulary
from indexing.vocabulary import PolicyVocabulary, load_vocabulary

VOCABULARY_FILE = Path(indexing.__file__).parent / "policy_vocabulary.yaml"
# jieba picks the likeliest path; beside its own counts (the largest is 883,634) this one keeps a term whole against all its parts.
WHOLE_TERM_FREQUENCY = 10_000_000


@pytest.fixture(scope="module")
def vocabulary() -> PolicyVocabulary:
    return load_vocabulary(VOCABULARY_FILE)


@pytest.fixture(scope="module")
def segmenter(vocabulary: PolicyVocabulary) -> jieba.Tokenizer:
    jieba.setLogLevel(logging.ERROR)
    segmenter = jieba.Tokenizer()
    for word in (*vocabulary.terms, *vocabulary.synonyms):
        segmenter.add_word(word, WHOLE_TERM_FREQUENCY)
    return segmenter


def test_the_vocabulary_covers_official_terms_and_everyday_words(vocabulary: PolicyVocabulary) -> None:
    assert len(vocabulary.terms) >= 900
    assert len(vocabulary.synonyms) >= 350
    assert len(vocabulary.stop_words) >= 100


def test_every_term_stays_whole_when_segmented_alone_and_in_a_sentence(vocabulary: PolicyVocabulary, segmenter: jieba.Tokenizer) -> None:
    broken = [
        term
        for term in vocabulary.terms
        if segmenter.lcut(term, HMM=False) != [term] or term not in segmenter.lcut_for_search(f"请依照《{term}》办理", HMM=False)
    ]
    assert broken == []


def test_plain_jieba_would_break_many_of_these_terms(vocabulary: PolicyVocabulary) -> None:
    plain = jieba.Tokenizer()
    broken = [term for term in vocabulary.terms if plain.lcut(term, HMM=False) != [term]]
    assert len(broken) > len(vocabulary.terms) / 2


def test_every_everyday_word_is_recognised_and_leads_to_terms_that_stay_whole(
    vocabulary: PolicyVocabulary, segmenter: jieba.Tokenizer
) -> None:
    unrecognised = [word for word in vocabulary.synonyms if segmenter.lcut(word, HMM=False) != [word]]
    dangling = {word: official for word, official in vocabulary.synonyms.items() if not set(official) <= set(vocabulary.terms)}
    assert unrecognised == []
    assert dangling == {}


@pytest.mark.parametrize(
    ("word", "official"),
    [
        ("低保", "最低生活保障"),
        ("房本", "不动产权证书"),
        ("医保卡", "社会保障卡"),
        ("五险一金", "住房公积金"),
        ("上户口", "户口登记"),
        ("准生证", "生育登记"),
        ("驾照", "机动车驾驶证"),
        ("车子过户", "机动车转移登记"),
        ("二手房过户", "不动产转移登记"),
        ("暂住证", "居住证"),
        ("老板不发工资", "拖欠劳动报酬"),
    ],
)
def test_what_citizens_say_leads_to_the_official_term(vocabulary: PolicyVocabulary, word: str, official: str) -> None:
    assert official in vocabulary.synonyms[word]


def write_vocabulary(folder: Path, terms: str = "[居住证]", synonyms: str = "{暂住证: [居住证]}", stop_words: str = "[吗]") -> Path:
    path = folder / "vocabulary.yaml"
    path.write_text(f"terms:\n  甲: {terms}\nsynonyms:\n  甲: {synonyms}\nstop_words:\n  甲: {stop_words}\n", encoding="utf-8")
    return path


def test_a_small_vocabulary_loads_as_written(tmp_path: Path) -> None:
    vocabulary = load_vocabulary(write_vocabulary(tmp_path))
    assert vocabulary == PolicyVocabulary(terms=("居住证",), synonyms={"暂住证": ("居住证",)}, stop_words=("吗",))


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ({"terms": "[居住证, 居住证]"}, "居住证"),
        ({"terms": "[居住证, '']"}, "空"),
        ({"terms": "[居 住证]"}, "居 住证"),
        ({"terms": "[居住证, 110]"}, "110"),
        ({"synonyms": "{居住证: [居住证]}"}, "居住证"),
        ({"synonyms": "{暂住证: []}"}, "暂住证"),
        ({"synonyms": "{暂住证: [居住证, 居住证]}"}, "居住证"),
        ({"synonyms": "{暂住证: [居住证], 暂住证: [居住登记]}"}, "暂住证"),
        ({"stop_words": "[居住证]"}, "居住证"),
        ({"stop_words": "[暂住证]"}, "暂住证"),
        ({"stop_words": "吗"}, "列表"),
    ],
)
def test_a_contradiction_is_refused_and_named(tmp_path: Path, parts: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidVocabulary, match=named):
        load_vocabulary(write_vocabulary(tmp_path, **parts))


def test_a_missing_file_and_a_missing_section_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidVocabulary, match="文件打不开"):
        load_vocabulary(tmp_path / "absent.yaml")
    (tmp_path / "partial.yaml").write_text("terms: {甲: [居住证]}\n", encoding="utf-8")
    with pytest.raises(InvalidVocabulary, match="synonyms"):
        load_vocabulary(tmp_path / "partial.yaml")


def test_the_fingerprint_follows_the_content_not_its_order(tmp_path: Path) -> None:
    first = load_vocabulary(write_vocabulary(tmp_path, terms="[居住证, 户口簿]")).fingerprint
    reordered = load_vocabulary(write_vocabulary(tmp_path, terms="[户口簿, 居住证]")).fingerprint
    changed = load_vocabulary(write_vocabulary(tmp_path, terms="[居住证, 户口簿, 社会保险]")).fingerprint
    remapped = load_vocabulary(write_vocabulary(tmp_path, terms="[居住证, 户口簿]", synonyms="{暂住证: [户口簿]}")).fingerprint
    assert first == reordered
    assert len({first, changed, remapped}) == 3
