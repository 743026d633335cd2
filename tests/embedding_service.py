"""A real embedding service on a loopback port: the product's own application around any embedder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

import uvicorn

from api.embedding_server import create_embedding_app
from indexing.adapters.embedding_requests import EmbeddingEndpoint, load_service_rules
from indexing.adapters.service_embedder import ServiceEmbedder, connect
from indexing.ports import Embedder
from tests.journeys.service import free_port

START_S = 30


@dataclass(frozen=True)
class RunningService:
    url: str
    key: str

    def embedder(self, model: str = "", mask: Callable[[str], str] = str) -> ServiceEmbedder:
        """A client of it, as the container makes one."""
        rules = load_service_rules(timeout_s=30)
        return connect(EmbeddingEndpoint(self.url, self.key, rules), model, rules, mask)


@contextmanager
def served(embedder: Embedder, key: str = "a-key-of-the-test") -> Iterator[RunningService]:
    port = free_port()
    app = create_embedding_app(embedder, key)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    thread = Thread(target=server.run, name="embedding-service", daemon=True)
    thread.start()
    give_up = time.monotonic() + START_S
    while not server.started:
        assert thread.is_alive(), "the embedding service did not start"
        assert time.monotonic() < give_up, "the embedding service did not start"
        time.sleep(0.02)
    yield RunningService(f"http://127.0.0.1:{port}/v1", key)
    server.should_exit = True
    thread.join(START_S)
