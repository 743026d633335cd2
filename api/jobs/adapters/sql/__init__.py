"""Pending work on SQLAlchemy, in the database of the records but with a table of its own."""

from api.jobs.adapters.sql.migration import prepare_work
from api.jobs.adapters.sql.work_store import SqlWorkStore

__all__ = ["SqlWorkStore", "prepare_work"]
