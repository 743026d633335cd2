"""The door for assistants that speak the Model Context Protocol: tools over streamable HTTP at /mcp, or over stdio by `zhengwen mcp`.

Only `protocol.py`, `door.py` and `stdio.py` know the SDK; the tools are plain functions over the container.
"""
