"""One call of a tool: may it be made, are its arguments right, what came of it. Every way out is a Chinese sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from api.access.api_keys import require_scope
from api.access.errors import AccessError
from api.access.key_models import ApiKey
from api.container import Container
from api.errors import fault_of
from api.logs import where
from api.mcp_server.tools import TOOLS, Room
from assistant.errors import AssistantError
from indexing.errors import IndexingError
from knowledge_base.errors import KnowledgeBaseError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`content` None where the call failed; `text` then says why and what to do."""

    text: str
    content: BaseModel | None = None


async def call_tool(container: Container, room: Room, name: str, given: Mapping[str, Any], key: ApiKey | None) -> Outcome:
    """`key` None: the caller runs on this machine with the rights of whoever started it. Raises nothing of its own."""
    tool = next((tool for tool in TOOLS if tool.name == name), None)
    if tool is None:
        return Outcome(f"没有工具“{name[:60]}”。可用的有：{'、'.join(tool.name for tool in TOOLS)}。")
    try:
        if key is not None:
            require_scope(key, tool.scope)
        return Outcome(*await tool.run(container, room, tool.arguments.model_validate(given)))
    except ValidationError as error:
        wording = container.content.web_wording
        faults = [fault_of(fault, wording) for fault in error.errors()]
        return Outcome("；".join(f"{fault['field']}：{fault['message']}" for fault in faults) + "。")
    except (AccessError, AssistantError, IndexingError, KnowledgeBaseError) as error:
        return Outcome(str(error))
    except Exception as error:  # whatever it is, its text may repeat what a citizen wrote
        log.error("tool_failed", tool=name, error=where(error))
        return Outcome(container.content.web_wording.problem(500)[1])
