"""zhengwen mcp: the tools for an assistant on this machine."""

from __future__ import annotations

import anyio

from api.commands.console import open_container


def mcp() -> None:
    """以 MCP 协议（标准输入输出）提供查条款、查文件、分派、提问四类工具，由本机的智能助手启动。"""
    # Loading the SDK takes most of a second, which other commands shall not wait.
    from api.mcp_server.stdio import serve_stdio  # noqa: PLC0415

    anyio.run(serve_stdio, open_container())
