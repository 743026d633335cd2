"""The language model that may add text above the quotes, where one is set. Its client is loaded only then."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import structlog

from api.settings import Settings
from assistant.generation.generated_text_checker import GeneratedTextChecker
from assistant.generation.prompt import load_prompt
from assistant.generation.rewording import Rewording
from assistant.generation.rules import load_checking_rules
from assistant.ports import AnswerGenerator, ConversationStore
from assistant.versions import version_of
from assistant.wording import Wording
from indexing.ports import Embedder
from knowledge_base.ports import Clock

if TYPE_CHECKING:
    from sqlalchemy import Engine

# A service without a language model shall not load its client.
# ruff: noqa: PLC0415

_log = structlog.get_logger(__name__)
_MEMORY = 512
"""Similarities kept: each sentence is looked at when it comes and at the last gate."""


def rewording_on(  # noqa: PLR0913, PLR0917 (one argument per port)
    settings: Settings,
    engine: Engine,
    conversations: ConversationStore,
    embedder: Callable[[], Embedder],
    wording: Wording,
    mask: Callable[[str], str],
    clock: Clock,
) -> Rewording | None:
    """None where no address is set, or where the parts for it are not installed: answers are given in quotes all the same."""
    generator = _generator(settings) if settings.llm_url else None
    if generator is None:
        return None
    from assistant.adapters.sql import SqlCallBudget

    rules = load_checking_rules()
    return Rewording(
        generator=generator,
        checker=GeneratedTextChecker(rules, similarity_by(embedder)),
        prompt=load_prompt(),
        checker_version=version_of(rules),
        budget=SqlCallBudget(engine),
        daily_calls=settings.llm_daily_calls,
        seats=BoundedSemaphore(settings.llm_concurrency),
        conversations=conversations,
        wording=wording,
        mask=mask,
        clock=clock,
    )


def similarity_by(embedder: Callable[[], Embedder]) -> Callable[[str, str], float]:
    """Cosine of two texts, both read as passages."""

    @lru_cache(_MEMORY)
    def similarity(one: str, other: str) -> float:
        first, second = embedder().embed_passages([one, other])
        return float(first @ second)

    return similarity


def _generator(settings: Settings) -> AnswerGenerator | None:
    try:
        from assistant.adapters.language_model import Endpoint, OpenAIGenerator
    except ModuleNotFoundError as error:
        _log.error("language_model_parts_missing", missing=error.name, do="pip install 'zhengwen[llm]'")
        return None
    return OpenAIGenerator(
        Endpoint(
            url=settings.llm_url,
            model=settings.llm_model,
            key=settings.llm_key.get_secret_value(),
            first_s=settings.llm_first_timeout_s,
            total_s=settings.llm_timeout_s,
        )
    )
