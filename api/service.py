"""What uvicorn starts in every service process."""

from __future__ import annotations

from threading import Event, Thread

import structlog
from fastapi import FastAPI

from api.app import create_app
from api.container import Container, build_container
from api.logs import configure_logs
from api.restored import note_restoration
from api.settings import Settings
from indexing.errors import IndexingError
from knowledge_base.errors import KnowledgeBaseError

log = structlog.get_logger()
READY_WITHIN_S = 120
"""What loads for longer than this is better seen by the probes than waited for."""


def create() -> FastAPI:
    """The application from the environment's settings.

    Models load beside, so that the process answers probes at once. Where the records are shared, there may be another process that
    answers meanwhile: this one listens when it is ready.
    """
    settings = Settings()
    configure_logs(settings.log_level)
    container = build_container(settings)
    note_restoration(container)
    ready = Event()
    Thread(target=_warm_up, args=(container, ready), name="warm-up", daemon=True).start()
    if settings.records_url:
        ready.wait(READY_WITHIN_S)
    return create_app(container)


def _warm_up(container: Container, ready: Event) -> None:
    """`ready` is set where nothing is left to load, and where it cannot be loaded: probes say why, and administrators mend it."""
    try:
        container.assistant()
        container.desk().warm_up()
        # Nobody who asks for a person outside service hours waits for the catalogue of classes to load.
        container.drafter().from_call("路灯不亮", jurisdiction=None)
        log.info("ready_to_answer")
        ready.set()
        # Examples may have changed since they were last learned; what was learned before answers meanwhile.
        container.learn()
        log.info("examples_learned")
    except (IndexingError, KnowledgeBaseError) as error:
        log.warning("not_ready_to_answer", reason=str(error))
    finally:
        ready.set()
