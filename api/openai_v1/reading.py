"""From a completion request to a question of this service: the last user message, what was said before it, the region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from api.asking import build_question
from api.container import Container
from api.openai_v1.errors import MODEL, CompletionRefused, UnknownModel
from api.openai_v1.models import CompletionRequest, Message
from assistant.models import CitizenQuestion
from assistant.told_conversation import Exchange

_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_TALK = frozenset({"user", "assistant"})


def read_question(container: Container, body: CompletionRequest) -> tuple[CitizenQuestion, tuple[Exchange, ...]]:
    """The question and what the caller says came before it. System messages change nothing: answers are quoted, not instructed.

    Raises CompletionRefused, UnknownModel, UnknownRegion.
    """
    _require_possible(body)
    said = [(message.role, _text(message)) for message in body.messages if message.role in _TALK]
    asked = next((place for place in reversed(range(len(said))) if said[place][0] == "user"), None)
    if asked is None:
        raise CompletionRefused("messages 里没有 role 为 user 的消息。请把问题放在最后一条 user 消息里。", "messages")
    metadata = body.metadata or {}
    question = build_question(
        container,
        said[asked][1],
        region=metadata.get("region") or region_of(body.model),
        as_of=_day(metadata.get("as_of", "")),
        conversation_id=_conversation(metadata.get("conversation_id", "")),
    )
    return question, _exchanges(said[:asked])


def region_of(model: str) -> str | None:
    """What stands after the colon, None for the region the service is for. Raises UnknownModel."""
    name, _, region = model.partition(":")
    if name != MODEL:
        raise UnknownModel(model)
    return region or None


def _require_possible(body: CompletionRequest) -> None:
    if body.n not in (None, 1):
        raise CompletionRefused("一次只给一个答复，n 只能是 1。", "n")
    if body.response_format and body.response_format.get("type", "text") != "text":
        raise CompletionRefused("答复是逐字引用的正文，不能按指定的 JSON 格式给出；结构化的依据在 message.zhengwen 里。", "response_format")


def _text(message: Message) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    if message.role == "user" and any(part.type != "text" for part in message.content):
        raise CompletionRefused("只能用文字提问，不支持图片、语音和文件。请把内容写成文字。", "messages")
    return "\n".join(part.text for part in message.content if part.type == "text")


def _exchanges(said: Sequence[tuple[str, str]]) -> tuple[Exchange, ...]:
    """Each question with everything that was said until the next."""
    exchanges: list[Exchange] = []
    for role, text in said:
        if role == "user":
            exchanges.append(Exchange(text, ""))
        elif exchanges:
            exchanges[-1] = Exchange(exchanges[-1].question, f"{exchanges[-1].reply}\n{text}".strip())
    return tuple(exchanges)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CompletionRefused("metadata.as_of 应写成 2026-01-31 这样的日期。", "metadata.as_of") from None


def _conversation(text: str) -> str | None:
    if text and not _CONVERSATION.fullmatch(text):
        raise CompletionRefused("metadata.conversation_id 应为上一次答复给出的会话编号。", "metadata.conversation_id")
    return text or None
