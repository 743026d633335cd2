"""/v1/chat/completions and /v1/models: a cited answer for any program that speaks OpenAI's protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import orjson
import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sse_starlette import ServerSentEvent

from api.access.key_guard import key_with
from api.access.key_models import ApiKey, Scope
from api.answer_streams import answer_stream
from api.asking import find_region
from api.container import Container
from api.dependencies import AnsweringRoom, UsedContainer, UsedRoom
from api.errors import said_of
from api.json_v1.answer_models import ChatAnswer
from api.json_v1.search import find_regions
from api.logs import where
from api.openai_v1.errors import MODEL, NotReady, UnknownModel, openai_error
from api.openai_v1.models import (
    AnswerMessage,
    Choice,
    Chunk,
    ChunkChoice,
    Completion,
    CompletionRequest,
    Delta,
    Model,
    ModelList,
    Usage,
)
from api.openai_v1.reading import read_question, region_of
from api.plain_answer import block_text, text_pieces
from api.rewordings import done, growing
from api.wording import WebWording
from assistant.answer_status import AnswerStatus
from assistant.models import AnswerRecord, BlockKind, CitizenQuestion
from assistant.told_conversation import Exchange
from knowledge_base.errors import UnknownRegion

log = structlog.get_logger()
# Not in our own description of the interface: the protocol is OpenAI's, what is particular to this service stands in docs/.
router = APIRouter(include_in_schema=False)

Caller = Annotated[ApiKey, Depends(key_with(Scope.ANSWER))]


@router.post("/chat/completions")
async def complete(body: CompletionRequest, request: Request, container: UsedContainer, room: UsedRoom, _caller: Caller) -> Response:
    question, told = read_question(container, body)
    if body.stream:
        room.admission.check()
        return answer_stream(_events(container, room, question, told, body, request.app.state.wording))
    record = await done(container, _ready(await room.answer(question, told)))
    message = AnswerMessage(content="".join(text_pieces(record.answer)), zhengwen=_answer(container, record))
    completion = Completion(id=_id(record), created=_created(record), model=body.model, choices=(Choice(message=message),))
    return Response(completion.model_dump_json(by_alias=True), media_type="application/json")


@router.get("/models", response_model=ModelList)
def list_models(container: UsedContainer, _caller: Caller) -> ModelList:
    """One for whom the service is for, and one for each region there."""
    usual = Model(id=MODEL, name=container.place_name(container.settings.service_region))
    return ModelList(data=[usual, *(_model(container, region.code) for region in find_regions(container, ""))])


@router.get("/models/{name}", response_model=Model)
def show_model(name: str, container: UsedContainer, _caller: Caller) -> Model:
    try:
        region = region_of(name)
        return _model(container, find_region(container, region).code) if region else list_models(container, _caller).data[0]
    except UnknownRegion:
        raise UnknownModel(name) from None


async def _events(  # noqa: PLR0913, PLR0917 - what answering takes
    container: Container,
    room: AnsweringRoom,
    question: CitizenQuestion,
    told: tuple[Exchange, ...],
    body: CompletionRequest,
    wording: WebWording,
) -> AsyncIterator[ServerSentEvent]:
    try:
        record = _ready(await room.answer(question, told))
        async for chunk in _chunks(container, record, body):
            yield _event(chunk)
    except Exception as error:
        log.error("answer_failed", error=where(error))
        status, _, detail = said_of(error, wording)
        yield _event(openai_error(status, detail, type(error).__name__ if status != 500 else ""))
        return
    yield ServerSentEvent("[DONE]")


async def _chunks(container: Container, record: AnswerRecord, body: CompletionRequest) -> AsyncIterator[Chunk]:
    """Joined, the contents are what a request without a stream gets. Text of a language model grows by sentences, the quotes follow."""

    def chunk(*choices: ChunkChoice, usage: Usage | None = None) -> Chunk:
        return Chunk(id=_id(record), created=_created(record), model=body.model, choices=choices, usage=usage)

    def saying(text: str) -> Chunk:
        return chunk(ChunkChoice(delta=Delta(content=text)))

    yield chunk(ChunkChoice(delta=Delta(role="assistant", content="")))
    said = ""
    async for reworded in growing(container, record):
        record = reworded
        text = block_text(record.answer.blocks[0]) if record.answer.blocks[0].kind is BlockKind.GENERATED else ""
        if text.startswith(said) and len(text) > len(said):
            yield saying(text[len(said) :])
            said = text
    for piece in _after(said, record):
        yield saying(piece)
    yield chunk(ChunkChoice(delta=Delta(zhengwen=_answer(container, record)), finish_reason="stop"))
    if body.stream_options and body.stream_options.include_usage:
        yield chunk(usage=Usage())


def _after(said: str, record: AnswerRecord) -> list[str]:
    """What is still to be said of the whole text; what was said is never taken back."""
    pieces = list(text_pieces(record.answer))
    if said and pieces:
        pieces[0] = pieces[0].removeprefix(said)
    return [piece for piece in pieces if piece]


def _ready(record: AnswerRecord) -> AnswerRecord:
    """Raises NotReady."""
    if record.answer.status is AnswerStatus.INDEX_NOT_READY:
        raise NotReady(f"{record.answer.text}请过一会儿再试。")
    return record


def _answer(container: Container, record: AnswerRecord) -> ChatAnswer:
    return ChatAnswer.of(record, container.settings.llm_provider)


def _id(record: AnswerRecord) -> str:
    return f"chatcmpl-{record.answer_id}"


def _created(record: AnswerRecord) -> int:
    return int(record.question.asked_at.timestamp())


def _model(container: Container, code: str) -> Model:
    return Model(id=f"{MODEL}:{code}", name=container.place_name(code))


def _event(content: BaseModel | dict[str, object]) -> ServerSentEvent:
    return ServerSentEvent(content.model_dump_json(by_alias=True) if isinstance(content, BaseModel) else orjson.dumps(content).decode())
