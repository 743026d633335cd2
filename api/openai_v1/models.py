"""What /v1/chat/completions takes and returns, as far as this service uses it. Fields it does not use are let pass."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.json_v1.answer_models import ChatAnswer
from api.json_v1.request_model import RequestModel


class ContentPart(RequestModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class Message(RequestModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None


class StreamOptions(RequestModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class CompletionRequest(RequestModel):
    """`metadata` may hold region, as_of and conversation_id."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(max_length=100)
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    response_format: dict[str, Any] | None = None
    metadata: dict[str, str] | None = None


class Usage(BaseModel):
    """Nothing is counted: answers are quoted, not bought by the token."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class AnswerMessage(BaseModel):
    """`zhengwen` is the answer of /api/v1/chat, citations and all."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    zhengwen: ChatAnswer


class Choice(BaseModel):
    index: int = 0
    message: AnswerMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Completion(BaseModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[Choice, ...]
    usage: Usage = Usage()


class Delta(BaseModel):
    """`zhengwen` comes with the last one."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    zhengwen: ChatAnswer | None = None


class ChunkChoice(BaseModel):
    index: int = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class Chunk(BaseModel):
    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: tuple[ChunkChoice, ...]
    usage: Usage | None = None


class Model(BaseModel):
    """`name` is the region it answers for."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "zhengwen"
    name: str


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]
