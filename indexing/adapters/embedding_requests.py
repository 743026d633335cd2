"""Asks any service that speaks OpenAI's /v1/embeddings: batches, time limits, tries again where that can help. Knows no prefixes."""

from __future__ import annotations

import base64
import random
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson

from indexing.errors import EmbedderUnavailable
from indexing.ports import Vectors

RULES_FILE = Path(__file__).with_name("embedding_service.toml")

# Anybody who asks a question may be shown why it cannot be answered; where the service stands is nobody's business.
_REMOTE = "远程"
# Timed out, too early, too many, broken for the moment.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# How services of different make say that a text is too long for the model.
_TOO_LONG = frozenset({400, 413, 422})
_REASONS = {
    401: "密钥不对（401）。请核对 ZHENGWEN_EMBEDDER_KEY。",
    403: "密钥没有权限（403）。请核对 ZHENGWEN_EMBEDDER_KEY。",
    404: "地址或模型名称不对（404）。请核对 ZHENGWEN_EMBEDDER_URL（写到 /v1 为止）和 ZHENGWEN_EMBEDDER_MODEL。",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a request may take, and how often it is made. Seconds; the wait doubles from try to try."""

    attempts: int
    first_wait_s: float
    longest_wait_s: float
    timeout_s: float

    def wait_s(self, failed: int, asked_for: float) -> float:
        """After the `failed`th failure, counted from 1: what the service asks for, else twice as long as before, with some chance in it."""
        usual = self.first_wait_s * 2 ** (failed - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads callers, guards nothing
        return float(min(max(usual, asked_for), self.longest_wait_s))


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """Of embedding_service.toml."""

    batch_texts: int
    batch_characters: int
    longest_characters: int
    shortest_characters: int
    connect_s: float
    rest_s: float
    question: Patience
    passages: Patience


def load_service_rules(timeout_s: float, path: Path = RULES_FILE) -> ServiceRules:
    """`timeout_s` for one question. Raises KeyError, TypeError where an entry is missing or unknown."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    question, passages = Patience(timeout_s=timeout_s, **table.pop("question")), Patience(**table.pop("passages"))
    return ServiceRules(question=question, passages=passages, **table)


@dataclass(frozen=True, slots=True)
class AskedModel:
    """`fingerprint`: what the service says its vectors depend on; "" where it says nothing."""

    name: str
    fingerprint: str = ""


class EmbeddingEndpoint:
    """One address. Safe to share between threads; everything raised is EmbedderUnavailable with a Chinese sentence."""

    def __init__(  # noqa: PLR0913 - what it is asked with, and what tests put in place of the network and of waiting
        self,
        url: str,
        key: str,
        rules: ServiceRules,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`url` up to /v1. Proxies of the environment are not used: the service stands in the same network."""
        self._url, self._rules, self._sleep, self._now = url.rstrip("/"), rules, sleep, now
        self._rests_until = 0.0
        headers = {"User-Agent": "zhengwen", "Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._client = httpx.Client(headers=headers, transport=transport, trust_env=False, limits=httpx.Limits(max_connections=64))

    def models(self) -> tuple[Mapping[str, Any], ...]:
        """What the service lists, each with `id`; empty where it has no such list."""
        try:
            listed = self._asked("GET", "models", None, self._rules.question)
        except _Refused:
            return ()
        return tuple(entry for entry in listed.get("data") or () if isinstance(entry, dict) and entry.get("id"))

    def vectors(self, model: AskedModel, texts: Sequence[str], patience: Patience, note: Callable[[int], None] = lambda _: None) -> Vectors:
        """float32 [texts, columns], as they come; `note` is told how many texts are done. No texts give no columns either."""
        rows: list[Vectors] = []
        for batch in self._batches(texts):
            rows.append(self._batch(model, batch, patience))
            note(sum(map(len, rows)))
        return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        for text in map(self._sendable, texts):
            full = len(batch) == self._rules.batch_texts or sum(map(len, batch)) + len(text) > self._rules.batch_characters
            if batch and full:
                yield batch
                batch = []
            batch.append(text)
        if batch:
            yield batch

    def _sendable(self, text: str) -> str:
        """Halves of characters cannot be sent, and many services refuse an empty text."""
        return text[: self._rules.longest_characters].encode("utf-8", "replace").decode() or " "

    def _batch(self, model: AskedModel, texts: Sequence[str], patience: Patience) -> Vectors:
        """Where a text is refused as too long, the others go without it and it goes cut: not one row is missing."""
        try:
            return self._rows(model, texts, patience)
        except _Refused as refused:
            if refused.status not in _TOO_LONG:
                raise self._unavailable(model, refused) from refused
            if len(texts) > 1:
                return np.concatenate([self._batch(model, [text], patience) for text in texts])
            if len(texts[0]) <= self._rules.shortest_characters:
                raise self._unavailable(model, refused) from refused
            return self._batch(model, [texts[0][: len(texts[0]) // 2]], patience)

    def _rows(self, model: AskedModel, texts: Sequence[str], patience: Patience) -> Vectors:
        answer = self._asked("POST", "embeddings", {"model": model.name, "input": texts, "encoding_format": "float"}, patience)
        try:
            entries = sorted(answer["data"], key=lambda entry: int(entry["index"]))
            rows = np.array([_numbers(entry["embedding"]) for entry in entries], np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise EmbedderUnavailable(model.name, "向量服务的回答不是 OpenAI 格式的向量。请核对 ZHENGWEN_EMBEDDER_URL。") from error
        if rows.ndim != 2 or len(rows) != len(texts) or not np.isfinite(rows).all():
            raise EmbedderUnavailable(model.name, f"发给向量服务 {len(texts)} 段文字，收到的向量不是这么多，或者不是数。请检查该服务。")
        if model.fingerprint and answer.get("system_fingerprint", model.fingerprint) != model.fingerprint:
            raise EmbedderUnavailable(model.name, "向量服务换了模型，与启动时的不同。请重新启动本服务，并运行 zhengwen index refresh。")
        return rows

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None, patience: Patience) -> Mapping[str, Any]:
        """Raises _Refused where trying again would not help, EmbedderUnavailable where it did not."""
        if patience is self._rules.question and self._now() < self._rests_until:
            raise EmbedderUnavailable(_REMOTE, "向量服务刚才没有回答，正在等它恢复。请过几秒再试。")
        reason = ""
        for attempt in range(1, patience.attempts + 1):
            asked_for = 0.0
            try:
                response = self._sent(method, path, body, patience)
                if response.is_success:
                    return _object(response)
                if response.status_code not in _PASSING:
                    raise _Refused(response.status_code)
                reason, asked_for = f"回答 {response.status_code}", _asked_wait(response)
            except httpx.TimeoutException:
                reason = f"{patience.timeout_s:g} 秒内没有回答"
            except (httpx.HTTPError, httpx.InvalidURL, orjson.JSONDecodeError):
                reason = "连不上，或者回答读不出来"
            if attempt < patience.attempts:
                self._sleep(patience.wait_s(attempt, asked_for))
        self._rests_until = self._now() + self._rules.rest_s
        tries = f"试了 {patience.attempts} 次，" if patience.attempts > 1 else ""
        raise EmbedderUnavailable(_REMOTE, f"向量服务{reason}（{tries}没有成功）。请检查该服务是否在运行、网络是否通畅。")

    def _sent(self, method: str, path: str, body: Mapping[str, Any] | None, patience: Patience) -> httpx.Response:
        limits = httpx.Timeout(patience.timeout_s, connect=min(self._rules.connect_s, patience.timeout_s))
        return self._client.request(method, f"{self._url}/{path}", content=orjson.dumps(body) if body else None, timeout=limits)

    def _unavailable(self, model: AskedModel, refused: _Refused) -> EmbedderUnavailable:
        reason = _REASONS.get(refused.status, f"向量服务不接受请求（{refused.status}）。请查看向量服务的日志。")
        return EmbedderUnavailable(model.name, reason)


class _Refused(Exception):
    """The service understood and says no."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def _object(response: httpx.Response) -> Mapping[str, Any]:
    answer = orjson.loads(response.content)
    return answer if isinstance(answer, dict) else {}


def _asked_wait(response: httpx.Response) -> float:
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdecimal() else 0.0


def _numbers(embedding: object) -> Vectors:
    """A list, or float32 in base64 (little-endian), which some services send whatever they were asked for."""
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), "<f4")
    return np.asarray(embedding, np.float32)
