"""Everything looked at, in the order in which one thing needs another."""

from __future__ import annotations

from collections.abc import Iterator

from api.container import Container, build_container
from api.doctor.models import Finding, Health, fault
from api.doctor.place_checks import place_findings
from api.doctor.service_checks import service_findings
from api.settings import Settings
from indexing.errors import EngineUnfit, IndexingError
from knowledge_base.errors import KnowledgeBaseError


def examine(settings: Settings, container: Container | None = None) -> Iterator[Finding]:
    """One finding after the other, as soon as it is known. Never raises for what it finds."""
    found = list(place_findings(settings))
    yield from found
    if any(finding.subject == "状态文件夹" and finding.health is Health.FAULT for finding in found):
        return
    try:
        opened = container or build_container(settings)
    except EngineUnfit as error:
        yield fault("检索引擎", str(error), "改正之前可以把 ZHENGWEN_INDEX_URL 留空，用本机的索引快照答复。")
        return
    except (KnowledgeBaseError, IndexingError, OSError) as error:
        yield fault(
            "数据库", str(error), "请检查 ZHENGWEN_RECORDS_URL、ZHENGWEN_INDEX_URL 和磁盘；数据库损坏时可用 zhengwen restore 从备份恢复。"
        )
        return
    yield from service_findings(opened)
