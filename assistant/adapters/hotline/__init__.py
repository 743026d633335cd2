"""What hotline work needs from outside: sealed contacts, the working calendar, exports, webhooks."""

from assistant.adapters.hotline.contact_vault import FernetContactVault
from assistant.adapters.hotline.working_calendar import ChineseWorkingCalendar

__all__ = ["ChineseWorkingCalendar", "FernetContactVault"]
