"""Import of policy files through the container, with what happened in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.import_documents import import_documents

from api.container import Container
from indexing.ports import Progress


@dataclass(frozen=True, slots=True)
class ImportedPolicies:
    """Counts of documents; `failed` and `warnings` are Chinese sentences."""

    imported: int
    unchanged: int
    failed: tuple[str, ...]
    warnings: tuple[str, ...]


def import_policies(container: Container, paths: Sequence[Path], by: str, progress: Progress) -> ImportedPolicies:
    """Files and folders, one after the other; a file that cannot be read never stops the rest."""
    report = import_documents(paths, container.parsers, container.regions, container.catalog, by, progress)
    failed = tuple(f"{failure.name}：{failure.reason}" for failure in report.failed)
    return ImportedPolicies(report.imported, report.unchanged, failed, tuple(report.warnings))
