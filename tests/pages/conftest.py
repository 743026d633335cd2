"""A client of the application over fakes."""

from tests.clients import client, client_with

__all__ = ["client", "client_with"]
