"""What a source says of its documents fills gaps, and never outranks the documents themselves."""

from __future__ import annotations

from dataclasses import replace

from knowledge_base.intake.origin_facts import OriginFacts, completed
from knowledge_base.models import NATION_CODE, ParsedDocument
from tests.factories import a_document

FACTS = OriginFacts("990102", ("住房",))
ADDRESS = "https://www.shifan.example/zcwj/1.html"


def a_silent_document() -> ParsedDocument:
    document = a_document()
    silent = replace(document.metadata, jurisdiction=NATION_CODE, issuing_authorities=(), topics=(), source_url=None)
    return replace(document, metadata=silent)


def test_a_document_that_says_nothing_takes_region_topics_and_address_of_its_source() -> None:
    metadata = completed(a_silent_document(), ADDRESS, FACTS).metadata
    assert (metadata.jurisdiction, metadata.topics, metadata.source_url) == ("990102", ("住房",), ADDRESS)


def test_what_the_document_says_remains() -> None:
    silent = a_silent_document()
    stated = replace(silent.metadata, issuing_authorities=("国务院",), topics=("户籍",), source_url="https://www.gov.example/1")
    assert completed(replace(silent, metadata=stated), ADDRESS, FACTS).metadata == stated


def test_a_path_is_no_address_for_citizens() -> None:
    assert completed(a_silent_document(), "/srv/policies/1.txt", OriginFacts()).metadata.source_url is None
