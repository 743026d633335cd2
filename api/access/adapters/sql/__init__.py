"""Accounts, sessions, attempts and the access record on SQLAlchemy, in the database of the records but with tables of their own."""

from api.access.adapters.sql.account_store import SqlAccountStore
from api.access.adapters.sql.api_key_store import SqlApiKeyStore
from api.access.adapters.sql.attempt_store import SqlAttemptStore
from api.access.adapters.sql.audit_trail import SqlAuditTrail
from api.access.adapters.sql.migration import prepare_access
from api.access.adapters.sql.session_store import SqlSessionStore

__all__ = ["SqlAccountStore", "SqlApiKeyStore", "SqlAttemptStore", "SqlAuditTrail", "SqlSessionStore", "prepare_access"]
