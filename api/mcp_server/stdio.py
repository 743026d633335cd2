"""The tools over standard input and output, for an assistant on this machine that starts `zhengwen mcp` itself."""

from __future__ import annotations

from mcp.server.stdio import stdio_server

from api.container import Container
from api.dependencies import AnsweringRoom, seats_of
from api.mcp_server.protocol import make_server


async def serve_stdio(container: Container) -> None:
    """Until standard input ends. Nothing else may be written to standard output."""
    server = make_server(container, AnsweringRoom(container, seats_of(container.settings)), lambda _request: None)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
