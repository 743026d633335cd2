"""Answers given lately, in Valkey, for all service processes. Lost or cleared, it costs time and nothing else."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from redis import Redis
from redis.exceptions import RedisError

from assistant.answer_shelf import AnswerKey
from assistant.models import AnswerRecord

_log = structlog.get_logger(__name__)
# The day of asking is part of every key, so that nothing is asked for again the day after.
_KEPT_S = 86_400


class ValkeyAnswerShelf:
    """`version` of the program: what another one kept is not read. Beside the records stands one sorted set, digests by when last asked."""

    def __init__(self, client: Redis, size: int, version: str) -> None:
        # The client's answers are typed for its asynchronous form as well.
        self._client: Any = client
        self._size, self._prefix = size, f"zhengwen:answers:{version}"
        self._order = f"{self._prefix}:order"
        self._records = TypeAdapter(AnswerRecord)
        self._lost = False

    def find(self, key: AnswerKey) -> AnswerRecord | None:
        digest = _digest(key)
        try:
            kept = self._client.get(self._at(digest))
            if kept is None:
                return None
            self._client.zadd(self._order, {digest: time.time()}, xx=True)
            self._lost = False
            return self._records.validate_json(kept)
        except (RedisError, ValidationError) as error:
            self._note(error)
            return None

    def keep(self, key: AnswerKey, record: AnswerRecord) -> None:
        digest = _digest(key)
        try:
            batch = self._client.pipeline()
            batch.set(self._at(digest), self._records.dump_json(record), ex=_KEPT_S)
            batch.zadd(self._order, {digest: time.time()})
            batch.expire(self._order, _KEPT_S)
            batch.zcard(self._order)
            over = batch.execute()[-1] - self._size
            if over > 0:
                self._client.delete(*(self._at(oldest.decode()) for oldest, _ in self._client.zpopmin(self._order, over)))
            self._lost = False
        except RedisError as error:
            self._note(error)

    def clear(self) -> None:
        try:
            kept = [self._at(digest.decode()) for digest in self._client.zrange(self._order, 0, -1)]
            self._client.delete(self._order, *kept)
            self._lost = False
        except RedisError as error:
            self._note(error)

    def __len__(self) -> int:
        try:
            return int(self._client.zcard(self._order))
        except RedisError:
            return 0

    def _at(self, digest: str) -> str:
        return f"{self._prefix}:{digest}"

    def _note(self, error: Exception) -> None:
        """Once for each time it is lost. The text of an error could repeat a record."""
        if not self._lost:
            _log.warning("answer_shelf_lost", error=type(error).__name__)
        self._lost = True


def _digest(key: AnswerKey) -> str:
    """What was asked stands in the record, not in the name of its place."""
    return sha256(repr(key).encode()).hexdigest()
