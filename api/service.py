"""What uvicorn starts in every service process."""

from __future__ import annotations

from threading import Thread

import structlog
from fastapi import FastAPI

from api.app import create_app
from api.container import Container, build_container
from api.logs import configure_logs
from api.restored import note_restoration
from api.settings import Settings
from indexing.errors import IndexingError

log = structlog.get_logger()


def create() -> FastAPI:
    """The application from the environment's settings. Models load beside, so that the process answers probes at once."""
    settings = Settings()
    configure_logs(settings.log_level)
    container = build_container(settings)
    note_restoration(container)
    Thread(target=_warm_up, args=(container,), name="warm-up", daemon=True).start()
    return create_app(container)


def _warm_up(container: Container) -> None:
    try:
        container.assistant()
        container.desk().warm_up()
        # Nobody who asks for a person outside service hours waits for the catalogue of classes to load.
        container.drafter().from_call("路灯不亮", jurisdiction=None)
        log.info("ready_to_answer")
        # Examples may have changed since they were last learned; what was learned before answers meanwhile.
        container.learn()
        log.info("examples_learned")
    except IndexingError as error:
        log.warning("not_ready_to_answer", reason=str(error))
