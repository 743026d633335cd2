"""The Valkey (or Redis) that several service processes share, where one is set. Connected to at first use, never at the start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.settings import Settings
from knowledge_base.errors import StoreUnavailable

if TYPE_CHECKING:
    from redis import ConnectionPool, Redis

CONNECT_WITHIN_S = 0.5
ANSWER_WITHIN_S = 0.5
"""It answers within a millisecond; what takes longer than this is lost to whoever asks."""
JOBS_ANSWER_WITHIN_S = 5.0
"""Longer than the second for which workers wait for something to do."""
PAUSE_S = 1.0
"""For so long nobody tries to connect to what could not be reached, so that requests do not queue up behind a dead address."""
LOST = "连不上 Valkey。请检查 ZHENGWEN_VALKEY_URL、网络和服务器是否已启动；恢复以后不用重启本服务。"


@dataclass(frozen=True, slots=True)
class Valkey:
    """`client` for requests, `jobs` for workers that wait for something to do."""

    url: str
    client: Redis
    jobs: ConnectionPool

    def check(self) -> None:
        """Raises StoreUnavailable."""
        from redis.exceptions import RedisError  # noqa: PLC0415 - loaded where there is a client

        try:
            self.client.ping()
        except RedisError as error:
            raise StoreUnavailable(LOST) from error


def valkey_of(settings: Settings) -> Valkey | None:
    """None where none is set. Raises StoreUnavailable where the client is not installed."""
    if not settings.valkey_url:
        return None
    try:
        # An optional part, and most installations do without.
        from redis import Redis  # noqa: PLC0415
    except ImportError as error:
        raise StoreUnavailable("没有安装 Valkey 的客户端，请运行 pip install 'zhengwen[valkey]'。") from error
    url = settings.valkey_url
    return Valkey(url, Redis(connection_pool=_pool(url, ANSWER_WITHIN_S)), _pool(url, JOBS_ANSWER_WITHIN_S))


def checked(valkey: Valkey | None) -> Callable[[], None]:
    """Raises StoreUnavailable, where there is one and it cannot be reached."""
    return valkey.check if valkey else lambda: None


def _pool(url: str, answer_within_s: float) -> ConnectionPool:
    from redis import ConnectionPool  # noqa: PLC0415 - as above
    from redis.backoff import NoBackoff  # noqa: PLC0415 - as above
    from redis.exceptions import ConnectionError as Unreachable  # noqa: PLC0415 - as above
    from redis.exceptions import TimeoutError as TooSlow  # noqa: PLC0415 - as above
    from redis.retry import Retry  # noqa: PLC0415 - as above

    class PausingPool(ConnectionPool):
        """After a connection that failed, the next ones fail at once for a moment."""

        lost_at = float("-inf")

        def get_connection(self, *arguments: Any, **options: Any) -> Any:
            if time.monotonic() - self.lost_at < PAUSE_S:
                raise Unreachable("not tried again yet")
            try:
                return super().get_connection(*arguments, **options)
            except (Unreachable, TooSlow):
                self.lost_at = time.monotonic()
                raise

    # Tried twice: after the server was started anew, connections kept from before fail once.
    again = Retry(NoBackoff(), 1)
    return PausingPool.from_url(url, socket_connect_timeout=CONNECT_WITHIN_S, socket_timeout=answer_within_s, retry=again)
