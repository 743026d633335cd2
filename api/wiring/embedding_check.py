"""Whether the embedding service can be reached, where vectors come of one: without it no question is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from api.settings import Settings

ANSWER_WITHIN_S = 1.0
"""For its list of models."""


def embedder_check(settings: Settings) -> Callable[[], None]:
    """Raises EmbedderUnavailable. Asks once, without the patience that a question has: a probe comes again by itself."""
    if not settings.embedder_url:
        return lambda: None
    # Few installations have one.
    from indexing.adapters.embedding_requests import EmbeddingEndpoint, load_service_rules  # noqa: PLC0415

    rules = load_service_rules(min(ANSWER_WITHIN_S, settings.embedder_timeout_s))
    once = replace(rules, question=replace(rules.question, attempts=1))
    endpoint = EmbeddingEndpoint(settings.embedder_url, settings.embedder_key.get_secret_value(), once)

    def check() -> None:
        endpoint.models()

    return check
