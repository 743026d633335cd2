"""The connections of one process to a database server: so many, and who has waited too long for one is told so."""

from __future__ import annotations

import time

from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from knowledge_base.adapters.sql.failures import UNREACHABLE
from knowledge_base.errors import StoreUnavailable

KEPT, MOST, WITHIN_S = 10, 30, 3
"""A server as it is installed lets in 100: three processes of a service."""
SLOW_S, PAUSE_S = 1.0, 1.0
"""After a connection that took so long to fail, nobody tries for this long: requests do not queue up behind a server that is silent."""


class BoundedPool(QueuePool):
    _silent_until = float("-inf")

    def connect(self) -> PoolProxiedConnection:
        """Raises StoreUnavailable beside what the driver raises."""
        begun = time.monotonic()
        if begun < self._silent_until:
            raise StoreUnavailable(UNREACHABLE)
        try:
            return super().connect()
        except NoneFree as error:
            raise StoreUnavailable("数据库的连接都在用着。请稍后重试；经常这样时，请管理员增加服务进程和数据库的连接数。") from error
        except Exception:
            if time.monotonic() - begun >= SLOW_S:
                self._silent_until = time.monotonic() + PAUSE_S
            raise
