"""What figures need of an answer, written beside it: its day, ending, region, the title it rests on, and how long its steps took."""

from __future__ import annotations

from sqlalchemy import Connection, insert, update

from assistant.adapters.sql.tables import answer_facts, answer_steps
from assistant.models import CHINA_TIME, AnswerRecord

TOTAL = "total"


def note_facts(connection: Connection, record: AnswerRecord, *, is_new: bool) -> None:
    """In the transaction that saves the record. A record saved again (an answer released) took its time before."""
    question = record.question
    facts = {
        "day": question.asked_at.astimezone(CHINA_TIME).date(),
        "status": record.answer.status.value,
        "jurisdiction": question.jurisdiction or "",
        "subject": (record.subjects[0] if record.subjects else "").replace("\x00", ""),
    }
    if not is_new:
        connection.execute(update(answer_facts).where(answer_facts.c.answer_id == record.answer_id).values(facts))
        return
    connection.execute(insert(answer_facts).values(answer_id=record.answer_id, **facts))
    steps = record.timings_ms | {TOTAL: sum(record.timings_ms.values())}
    connection.execute(insert(answer_steps), [{"step": step, "day": facts["day"], "ms": ms} for step, ms in steps.items()])
