"""Work orders and what belongs to them: drafts, hand-overs to a person, messages to other systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.access.role_names import roles_of
from api.deferred import Deferred
from api.settings import Settings
from api.wiring.content import EntryStores
from api.wiring.learning import Learning
from api.wiring.privacy import mask, privacy_screen
from api.wiring.search import Search
from api.wiring.webhooks import Webhooks, webhooks_on
from assistant.adapters.hotline import ChineseWorkingCalendar, FernetContactVault
from assistant.adapters.sql import SqlConversationStore, SqlHandoffStore, SqlWorkOrderStore
from assistant.handoff.assembly import HandoffPorts, assemble_handoffs
from assistant.handoff.handoff_desk import HandoffDesk
from assistant.hotline.announcers import Announcers
from assistant.hotline.assembly import DraftingPorts, OrderPorts, assemble_drafter, assemble_work_orders
from assistant.hotline.drafting import WorkOrderDrafter
from assistant.hotline.webhook_events import handoff_events, order_events, order_messages
from assistant.hotline.webhook_rules import load_webhook_rules
from assistant.hotline.work_orders import WorkOrderDesk
from knowledge_base.ports import Clock
from knowledge_base.released_documents import ReleasedDocuments

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.access.assembly import Access
    from api.content.live import LiveParts


@dataclass(frozen=True, slots=True)
class Hotline:
    work_orders: WorkOrderDesk
    drafter: Callable[[], WorkOrderDrafter]
    handoffs: HandoffDesk
    webhooks: Webhooks


def hotline_on(  # noqa: PLR0913, PLR0917 (what the container has made already)
    engine: Engine,
    settings: Settings,
    stores: EntryStores,
    live: LiveParts,
    search: Search,
    learning: Learning,
    conversations: SqlConversationStore,
    access: Access,
    clock: Clock,
) -> Hotline:
    """Raises StoreUnavailable."""
    rules, vault = load_webhook_rules(), FernetContactVault(settings.home / "contact.key", settings.contact_keys.get_secret_value())
    orders = SqlWorkOrderStore(engine, order_messages(settings.webhook_addresses, rules), order_events(rules))
    ports = _order_ports(orders, vault, stores, live, learning, clock)
    work_orders = assemble_work_orders(ports, lambda name: roles_of(access.accounts, name))

    def drafting_ports() -> DraftingPorts:
        heard = learning.recogniser(), learning.router(), learning.classes(), search.tokenizer()
        return DraftingPorts(*heard, privacy_screen(), settings.service_region)

    drafter = Deferred(lambda: assemble_drafter(work_orders, drafting_ports()))
    handed_over = SqlHandoffStore(engine, handoff_events)
    return Hotline(
        work_orders=work_orders,
        drafter=drafter,
        handoffs=assemble_handoffs(
            HandoffPorts(handed_over, conversations, drafter, work_orders, ports.calendar, mask, clock),
            settings.service_hours,
            live.handoff_wording,
        ),
        webhooks=webhooks_on(engine, settings, rules, vault, ReleasedDocuments(stores.documents, clock), clock),
    )


def _order_ports(  # noqa: PLR0913, PLR0917 (as above)
    orders: SqlWorkOrderStore, vault: FernetContactVault, stores: EntryStores, live: LiveParts, learning: Learning, clock: Clock
) -> OrderPorts:
    return OrderPorts(
        store=orders,
        vault=vault,
        calendar=ChineseWorkingCalendar(),
        examples=learning.examples,
        announcer=Announcers(),
        departments=stores.departments,
        regions=live.regions,
        mask=mask,
        clock=clock,
    )
