"""Conversations on SQLAlchemy, in the same database as the records of the policy base but with tables of their own."""

from assistant.adapters.sql.conversation_store import SqlConversationStore
from assistant.adapters.sql.migration import prepare_conversations

__all__ = ["SqlConversationStore", "prepare_conversations"]
