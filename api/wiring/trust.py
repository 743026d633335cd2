"""What access and its audit trail are made of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from api.access.adapters.audit_files import AnchorFile, AuditKeys
from api.access.adapters.sql import SqlAccountStore, SqlApiKeyStore, SqlAttemptStore, SqlAuditTrail, SqlSessionStore, prepare_access
from api.access.api_keys import ApiKeys
from api.access.assembly import Access, AccessStores, assemble_access
from api.access.audit_chain import ChainSeal
from api.access.audit_checks import AuditChecks
from api.access.rules import load_access_rules
from api.settings import Settings
from api.wiring.privacy import mask
from assistant.adapters.sql import SqlRetentionStore
from assistant.retention import Retention, RetentionRules
from knowledge_base.ports import Clock

if TYPE_CHECKING:
    from sqlalchemy import Engine


def access_on(settings: Settings, engine: Engine, clock: Clock) -> Access:
    """Raises StoreUnavailable."""
    prepare_access(engine)
    seal = ChainSeal(AuditKeys(settings.home / "audit.key", settings.audit_key.get_secret_value()))
    anchors = AnchorFile(settings.home / "audit.anchors")
    audit = SqlAuditTrail(engine, clock, mask, seal, anchors)
    checks = AuditChecks(audit, seal, anchors)
    stores = AccessStores(SqlAccountStore(engine), SqlSessionStore(engine), SqlAttemptStore(engine), audit, checks)
    idle, longest = timedelta(minutes=settings.session_idle_min), timedelta(hours=settings.session_hours)
    return assemble_access(stores, load_access_rules(), clock, idle=idle, longest=longest)


def keys_on(engine: Engine, access: Access, clock: Clock) -> ApiKeys:
    return ApiKeys(SqlApiKeyStore(engine), access.audit, mask, clock)


def retention_on(settings: Settings, engine: Engine, clock: Clock) -> Retention:
    return Retention(SqlRetentionStore(engine), retention_rules(settings), clock)


def retention_rules(settings: Settings) -> RetentionRules:
    return RetentionRules(settings.retention_days, settings.contact_retention_days, settings.order_retention_years)
