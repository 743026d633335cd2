"""The tools in the terms of the official SDK. Import it only where the protocol is spoken: the SDK takes most of a second to load."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as McpTool

from api.access.key_models import ApiKey, Scope
from api.container import Container
from api.mcp_server.calls import call_tool
from api.mcp_server.tools import TOOLS, Room

NAME, TITLE = "zhengwen", "政问"
INSTRUCTIONS = (
    "政务政策知识库。回答政策问题时，用 search_provisions 或 ask_policy 取得现行有效的原文，逐字引用并写明出处；"
    "查不到依据时如实说明，不要自行推断。时间、金额、文号、电话以返回的内容为准。"
)


def make_server(container: Container, room: Room, key_of: Callable[[Any], ApiKey | None]) -> Server[Any]:
    """`key_of` gives the key that a request came with, None for a caller with the rights of whoever runs this.

    It must raise where there should be a key and is none: nobody gets more rights because the SDK hands a request on in another way.
    """
    tools = described_tools()

    async def list_tools(_context: ServerRequestContext[Any], _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def call(context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        outcome = await call_tool(container, room, params.name, params.arguments or {}, key_of(context.request))
        content = outcome.content.model_dump(mode="json", by_alias=True) if outcome.content else None
        said = [TextContent(type="text", text=outcome.text)]
        return CallToolResult(content=list(said), structured_content=content, is_error=outcome.content is None)

    return Server(NAME, version=version("zhengwen"), title=TITLE, instructions=INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call)


def described_tools() -> list[McpTool]:
    """Asking keeps a record; the others change nothing."""
    return [
        McpTool(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            input_schema=tool.arguments.model_json_schema(),
            output_schema=tool.result.model_json_schema(by_alias=True, mode="serialization"),
            annotations=ToolAnnotations(read_only_hint=tool.scope is not Scope.ANSWER, open_world_hint=False),
        )
        for tool in TOOLS
    ]
