"""Conversations, work orders and what belongs to them on SQLAlchemy, in the database of the policy base but with tables of their own."""

from assistant.adapters.sql.call_budget import SqlCallBudget
from assistant.adapters.sql.conversation_store import SqlConversationStore
from assistant.adapters.sql.figure_store import SqlFigureStore
from assistant.adapters.sql.handoff_store import SqlHandoffStore
from assistant.adapters.sql.issue_store import SqlIssueStore
from assistant.adapters.sql.job_run_store import SqlJobRunStore
from assistant.adapters.sql.message_store import SqlMessageStore
from assistant.adapters.sql.migration import prepare_conversations
from assistant.adapters.sql.rating_store import SqlRatingStore
from assistant.adapters.sql.retention_store import SqlRetentionStore
from assistant.adapters.sql.routing_example_store import SqlRoutingExampleStore
from assistant.adapters.sql.survey_store import SqlSurveyStore
from assistant.adapters.sql.webhook_delivery_store import SqlDeliveryStore
from assistant.adapters.sql.webhook_subscriber_store import SqlPolicyChangeStore, SqlSubscriberStore, note_policy_change
from assistant.adapters.sql.work_order_store import SqlWorkOrderStore

__all__ = [
    "SqlCallBudget",
    "SqlConversationStore",
    "SqlDeliveryStore",
    "SqlFigureStore",
    "SqlHandoffStore",
    "SqlIssueStore",
    "SqlJobRunStore",
    "SqlMessageStore",
    "SqlPolicyChangeStore",
    "SqlRatingStore",
    "SqlRetentionStore",
    "SqlRoutingExampleStore",
    "SqlSubscriberStore",
    "SqlSurveyStore",
    "SqlWorkOrderStore",
    "note_policy_change",
    "prepare_conversations",
]
