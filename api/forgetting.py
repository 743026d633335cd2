"""Deletes what has been kept long enough, or what somebody asked to have deleted, and notes it in the audit trail."""

from __future__ import annotations

from api.access.audit_checks import BY_ITSELF
from api.container import Container
from assistant.retention import Forgotten

_ALL = 100_000
"""Answers of one conversation."""


def apply_retention(container: Container) -> int:
    """For the daily job: how much was deleted."""
    container.access.sessions.clear()
    forgotten = container.retention.apply()
    if forgotten.total:
        rules = container.retention.rules
        terms = f"对话 {rules.conversation_days} 天，联系方式 {rules.contact_days} 天，工单 {rules.order_years} 年"
        container.audit.record(BY_ITSELF, "retention_applied", "保存期限", after=str(forgotten), reason=terms)
    return forgotten.total


def forget_conversation(container: Container, id_: str, by: str, reason: str, address: str = "") -> tuple[str, Forgotten]:
    """(conversation, what is gone). Raises UnknownConversation, ConversationStillOpen.

    Cases made of it go too; earlier backups still hold it until they expire.
    """
    of_it = container.retention.store.conversation_of(id_.strip())
    if of_it and not container.retention.store.has_open_handoff(of_it):
        # First: where the file cannot be written, nothing is deleted and it can be tried again.
        container.ratings.cases.remove([record.answer_id for record in container.conversations.records_of(of_it, _ALL)])
    conversation_id, forgotten = container.retention.forget(id_.strip())
    container.audit.record(by, "conversation_deleted", conversation_id, reason, address, after=str(forgotten))
    return conversation_id, forgotten
