"""The demonstration content as its files say it, without a home or an index: what labels of golden questions are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.document_reader import read_document
from knowledge_base.models import ParsedDocument, RawDocument, ValidityStatus
from knowledge_base.regions import RegionDirectory
from knowledge_base.validity import document_status
from tests.fakes.document_store import MemoryDocumentStore

SEEDS = Path(__file__).parents[1] / "knowledge_base" / "seeds"
DEMONSTRATION = SEEDS / "demo"

Row = dict[str, Any]


@dataclass(frozen=True)
class Content:
    """Policies with their history, guides and departments, by id."""

    policies: Mapping[str, ParsedDocument]
    store: MemoryDocumentStore
    guides: Mapping[str, Row]
    departments: Mapping[str, Row]
    regions: RegionDirectory

    def provision_text(self, label: str) -> str | None:
        """`label`: document#path. None where no such document or path is."""
        document_id, _, path = label.partition("#")
        document = self.policies.get(document_id)
        nodes = document.outline.walk() if document else ()
        return next((node.text(document.text) for node in nodes if node.path == path), None)

    def binds(self, document_id: str, day: date) -> bool:
        return document_status(self.store.revisions(document_id), day) is ValidityStatus.IN_FORCE


def read_content() -> Content:
    regions = RegionDirectory.from_csv(SEEDS / "regions.csv", DEMONSTRATION / "regions.csv")
    parser = next(parser for parser in default_parsers() if ".md" in parser.suffixes)
    store = MemoryDocumentStore()
    catalog = DocumentCatalog(store, lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))
    policies = {}
    for path in sorted((DEMONSTRATION / "policies").glob("*.md")):
        (text,) = parser.parse(RawDocument(path.name, path.read_bytes(), str(path)))
        document = read_document(text, regions)
        policies[document.document_id] = document
        catalog.publish(document, "测试", "导入演示文件")
    return Content(policies, store, by_id("guides.yaml"), by_id("departments.yaml"), regions)


def by_id(name: str) -> dict[str, Row]:
    return {row["id"]: row for row in yaml.safe_load((DEMONSTRATION / name).read_text(encoding="utf-8"))}
