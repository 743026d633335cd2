"""Whether the index can be searched as things are set now."""

from __future__ import annotations

from collections.abc import Iterator

from api.container import Container
from api.doctor.models import Finding, fault, good, notice
from indexing.errors import IndexingError, NoSnapshot, SnapshotMismatch
from indexing.paired_vectors import base_fingerprint, searched_model


def index_findings(container: Container) -> Iterator[Finding]:
    """Opens it as a question would: every checksum is compared."""
    try:
        serving = container.answering_snapshot()
    except NoSnapshot as error:
        yield fault("索引", str(error), "请运行 zhengwen index refresh。")
        return
    except SnapshotMismatch as error:
        yield _made_with_another(error)
        return
    except IndexingError as error:
        yield fault("索引", str(error), "请运行 zhengwen index refresh 重建；之前的快照可用 zhengwen index rollback 退回。")
        return
    current = container.snapshots.current()
    if current is None or current.snapshot_id != serving.snapshot_id:
        yield notice("索引", f"正在用较早的快照 {serving.snapshot_id}：最新的那个不能用。", "请运行 zhengwen index refresh 重建。")
    else:
        where = container.snapshots.engine()
        yield good("索引", f"{where}；快照 {serving.snapshot_id}，{serving.document_count} 件，{serving.passage_count} 段，校验无误。")


def _made_with_another(error: SnapshotMismatch) -> Finding:
    """Names the setting that was changed since the index was built: vectors of two models cannot be compared."""
    # What a city's own adapter adds comes behind the model and fits or fails with it.
    built_with, running = error.built_with.partition("+")[0], error.running
    if base_fingerprint(built_with) == base_fingerprint(running):
        kind, settings, before, now = "检索模型", "ZHENGWEN_ENCODER", searched_model(built_with), searched_model(running)
    else:
        kind, settings = "向量模型", "ZHENGWEN_EMBEDDER 或 ZHENGWEN_EMBEDDER_PRECISION"
        before, now = base_fingerprint(built_with), base_fingerprint(running)
    return fault(
        "索引",
        f"索引是用另一个{kind}建立的：当时是“{before}”，现在设置的是“{now}”。重建之前，什么政策都查不到。",
        f"请运行 zhengwen index refresh 重建（全部文本要重新计算向量）；如果不是有意更换，请把 {settings} 改回原来的值，然后重启服务。",
    )
