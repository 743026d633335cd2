"""The twelve originals of the public ID-card rules, against the text published beside them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from rapidfuzz.distance import Indel

from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.models import ParsedText
from tests.knowledge_base.office_files import raw

pytestmark = pytest.mark.public_data
_ARTICLE = re.compile(r"第[一二三四五六七八九十]+条")


def read(path: Path) -> ParsedText:
    parser = next(parser for parser in default_parsers() if path.suffix in parser.suffixes)
    (parsed,) = parser.parse(raw(path.name, path.read_bytes()))
    return parsed


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def originals(public_data: Path) -> list[Path]:
    return sorted((public_data / "idcard_rules").iterdir())


def test_all_twelve_are_read(originals: list[Path]) -> None:
    if shutil.which("antiword") is None and shutil.which("soffice") is None:
        pytest.skip("没有安装 antiword 或 LibreOffice")
    assert len(originals) == 12
    assert all(read(path).text for path in originals)


@pytest.mark.parametrize("suffix", [".doc", ".docx"])
def test_office_files_agree_with_their_text_in_99_of_100_characters(originals: list[Path], suffix: str) -> None:
    if suffix == ".doc" and shutil.which("antiword") is None and shutil.which("soffice") is None:
        pytest.skip("没有安装 antiword 或 LibreOffice")
    paths = [path for path in originals if path.suffix == suffix]
    agreement = {
        path.name: Indel.normalized_similarity(squeezed(read(path).text), squeezed(path.with_suffix(".txt").read_text())) for path in paths
    }
    assert paths
    assert min(agreement.values()) >= 0.99, agreement


def test_every_article_starts_a_line(originals: list[Path]) -> None:
    for path in (path for path in originals if path.suffix == ".docx"):
        numbers = [match.group() for line in read(path).text.split("\n") if (match := _ARTICLE.match(line))]
        assert numbers[0] == "第一条"
        assert len(numbers) == len(set(numbers)) >= 18


def test_paragraphs_of_the_old_format_are_whole_lines(originals: list[Path]) -> None:
    if shutil.which("antiword") is None and shutil.which("soffice") is None:
        pytest.skip("没有安装 antiword 或 LibreOffice")
    (notice,) = (path for path in originals if path.suffix == ".doc" and "冷僻字" in path.name)
    lines = read(notice).text.split("\n")
    assert [line[:2] for line in lines if re.match(r"[一二三四五六七八九十]、", line)] == ["一、", "二、", "三、"]
    assert all(line.endswith("。") for line in lines if re.match(r"[一二三]、", line))
