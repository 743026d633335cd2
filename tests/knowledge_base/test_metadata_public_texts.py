"""文号, issuers, titles and dates of 60 real central documents; regions of real laws."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.document_numbers import normalise_document_number
from knowledge_base.metadata_extractor import extract_metadata
from knowledge_base.regions import RegionDirectory

pytestmark = pytest.mark.public_data
SEEDS = Path(__file__).parents[2] / "knowledge_base" / "seeds"


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.fixture(scope="module")
def regions() -> RegionDirectory:
    return RegionDirectory.from_csv(SEEDS / "regions.csv")


@pytest.fixture(scope="module")
def numbered(public_data: Path) -> list[dict[str, Any]]:
    return [d for d in lines_of(public_data / "gov_policies" / "docs.jsonl.gz") if d["metadata"].get("doc_no")]


def test_the_number_of_all_sixty_is_found_in_the_text_alone(numbered: list[dict[str, Any]], regions: RegionDirectory) -> None:
    found = {d["_id"]: extract_metadata(d["text"], regions).document_number for d in numbered}
    assert len(found) == 60
    assert found == {d["_id"]: normalise_document_number(d["metadata"]["doc_no"]) for d in numbered}


def test_the_issuers_of_all_sixty_are_found(numbered: list[dict[str, Any]], regions: RegionDirectory) -> None:
    found = {d["_id"]: "、".join(extract_metadata(d["text"], regions).issuing_authorities) for d in numbered}
    assert found == {d["_id"]: d["metadata"]["issuer"] for d in numbered}


def test_the_titles_of_all_sixty_are_guessed_from_the_text(numbered: list[dict[str, Any]], regions: RegionDirectory) -> None:
    def plain(title: str) -> str:
        return re.sub(r"[\s《》]", "", title)

    found = {d["_id"]: plain(extract_metadata(d["text"], regions).title) for d in numbered}
    assert found == {d["_id"]: plain(d["title"]) for d in numbered}


def test_all_sixty_are_signed_in_the_year_of_their_number_and_before_they_were_put_online(
    numbered: list[dict[str, Any]], regions: RegionDirectory
) -> None:
    """The set's own `date_written` is empty throughout; the year in the 文号 and the date in the address bound the true date."""
    for document in numbered:
        signed = extract_metadata(document["text"], regions).signed_on
        assert signed is not None
        online = re.search(r"/(\d{4})-(\d\d)/(\d\d)/", document["metadata"]["url"])
        assert online is not None
        assert signed <= date(*map(int, online.groups()))
        if year := re.search(r"〔(\d{4})〕", document["metadata"]["doc_no"]):
            assert signed.year - int(year[1]) in (0, 1)


def test_the_region_of_a_sample_of_laws_is_right(public_data: Path, regions: RegionDirectory) -> None:
    laws = list(lines_of(public_data / "laws" / "docs.jsonl.gz"))
    for law in random.Random(7).sample(laws, 300):  # noqa: S311 - a reproducible sample, nothing secret
        found = regions.full_name(extract_metadata(law["text"], regions, law["title"]).jurisdiction)
        stated = law["metadata"]["region"]
        assert found.startswith(stated) if stated else found == "中华人民共和国", law["title"]
