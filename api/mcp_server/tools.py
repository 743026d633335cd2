"""The tools by name: what each is for, which scope opens it, and the function behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from anyio import to_thread
from pydantic import BaseModel

from api.access.key_models import Scope
from api.asking import build_question
from api.container import Container
from api.json_v1.answer_models import ChatAnswer
from api.mcp_server.models import (
    AskArguments,
    LookUpArguments,
    LookUpResult,
    PolicyText,
    ReadArguments,
    RouteArguments,
    RouteResult,
    SearchArguments,
    SearchResult,
)
from api.mcp_server.policies import look_up, read, search
from api.mcp_server.routing import route
from api.plain_answer import text_pieces
from api.rewordings import done
from assistant.models import AnswerRecord, CitizenQuestion

Reply = tuple[str, BaseModel]
"""The same matter as text for whoever reads and as values for whoever computes."""


class Room(Protocol):
    """Where questions are answered and searches made, not too many at once."""

    async def answer(self, question: CitizenQuestion) -> AnswerRecord:
        """Raises ServiceBusy beside what answering raises."""

    async def search(self, work: Callable[[], Reply]) -> Reply:
        """What `work` returns or raises. Raises ServiceBusy."""


Run = Callable[[Container, Room, Any], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` gets an instance of `arguments` and gives back one of `result`; it raises domain errors."""

    name: str
    title: str
    description: str
    scope: Scope
    arguments: type[BaseModel]
    result: type[BaseModel]
    run: Run


async def _ask(container: Container, room: Room, asked: AskArguments) -> Reply:
    question = build_question(container, asked.question, region=asked.region or None, conversation_id=asked.conversation_id)
    record = await done(container, await room.answer(question))
    return "".join(text_pieces(record.answer)), ChatAnswer.of(record, container.settings.llm_provider)


def _in_a_thread(function: Callable[[Container, Any], Reply]) -> Run:
    async def run(container: Container, _room: Room, arguments: BaseModel) -> Reply:
        return await to_thread.run_sync(partial(function, container, arguments))

    return run


def _among_searches(function: Callable[[Container, Any], Reply]) -> Run:
    """For what computes vectors or asks the index: it takes a place among the searches of everybody else."""

    async def run(container: Container, room: Room, arguments: BaseModel) -> Reply:
        return await room.search(partial(function, container, arguments))

    return run


TOOLS: tuple[Tool, ...] = (
    Tool(
        "search_provisions",
        "查条款",
        "按内容检索今天在该地区现行有效的政策条款，给出逐字原文和出处（《标题》（文号）第X条）。引用时请照写出处，不要改动原文。",
        Scope.SEARCH,
        SearchArguments,
        SearchResult,
        _among_searches(search),
    ),
    Tool(
        "look_up_policies",
        "查文件",
        "按标题、发文字号或发文机关查政策文件，说明每份是否现行有效、何时施行和失效。",
        Scope.POLICIES,
        LookUpArguments,
        LookUpResult,
        _in_a_thread(look_up),
    ),
    Tool(
        "read_policy",
        "读文件",
        "读一份政策文件的原文，可以只读一条；已废止或失效的会注明，不能作为现行依据。",
        Scope.POLICIES,
        ReadArguments,
        PolicyText,
        _in_a_thread(read),
    ),
    Tool(
        "route_request",
        "分派",
        "判断一件诉求属于哪个部门承办，给出主办、协办单位及其电话和把握。只作判断，不登记工单。",
        Scope.ROUTE,
        RouteArguments,
        RouteResult,
        _among_searches(route),
    ),
    Tool(
        "ask_policy",
        "提问",
        "像市民一样提问，得到逐条注明依据的答复；查不到依据时会如实说明并给出承办单位。问题遮盖个人信息后保存。",
        Scope.ANSWER,
        AskArguments,
        ChatAnswer,
        _ask,
    ),
)
