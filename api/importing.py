"""Import of policy files through the container."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.container import Container
from indexing.ports import Progress
from knowledge_base.import_documents import ImportReport, import_documents


def import_policies(container: Container, paths: Sequence[Path], by: str, progress: Progress) -> ImportReport:
    """Files and folders, one after the other; a file that cannot be read never stops the rest. Raises StoreUnavailable."""

    def one_bar(_name: str, done: int, total: int) -> None:
        progress("导入政策文件", done, total)

    return import_documents(
        paths,
        container.parsers(),
        container.regions,
        container.catalog,
        by,
        one_bar,
        originals=container.originals,
        max_bytes=container.settings.max_upload_mb << 20,
    )
