"""Put the content of the demonstration place where it is not yet: departments, guides, policies. People's own changes stay."""

from __future__ import annotations

from api.content.taking import take_entries
from api.importing import import_policies
from api.parts import Container
from api.shipped_content import SEEDS
from knowledge_base.content.models import Author
from knowledge_base.import_documents import ImportReport
from knowledge_base.ports import Progress

FOLDER = SEEDS / "demo"


def import_demonstration(container: Container, by: str, progress: Progress) -> ImportReport:
    """What became of the policies; those that stand already are passed over. Raises StoreUnavailable."""
    author = Author(by, "准备示范内容")
    take_entries(container.content, "departments", container.read_departments(FOLDER / "departments.yaml"), author, shipped=True)
    take_entries(container.content, "guides", container.read_guides(FOLDER / "guides.yaml"), author, shipped=True)
    return import_policies(container, [FOLDER / "policies"], by, progress)
