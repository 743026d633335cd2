"""The audit trail as rows of a table that people open with a spreadsheet."""

from __future__ import annotations

from api.access.act_names import ActNames
from api.access.models import AccessEvent
from assistant.models import CHINA_TIME

EXPORT_COLUMNS = ("序号", "时间", "操作人", "操作", "对象", "原因", "来源", "改动前", "改动后", "校验值")


def export_row(event: AccessEvent, names: ActNames) -> tuple[str, ...]:
    """In the order of EXPORT_COLUMNS; the moment in China's time."""
    return (
        str(event.number),
        f"{event.at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}",
        event.actor,
        names.label(event.action),
        event.subject,
        event.reason,
        event.address,
        event.before,
        event.after,
        event.hash,
    )
