"""Background jobs live as long as the web server around them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from api.container import Container
from api.jobs.background import BackgroundJobs
from api.jobs.background_tasks import background_tasks, resume_reading
from api.jobs.periodic_jobs import periodic_jobs

if TYPE_CHECKING:
    from fastapi import FastAPI


def jobs_of(container: Container) -> BackgroundJobs:
    """The jobs of this container, not yet started."""
    return BackgroundJobs(periodic_jobs(container), container.job_runs, container.huey, container.clock)


def jobs_beside(container: Container) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A lifespan: jobs start with the server and end with it, unless they are switched off."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if container.settings.jobs == "off":
            yield
            return
        jobs = jobs_of(container)
        await run_in_threadpool(jobs.start)
        await run_in_threadpool(container.work.start, background_tasks(container))
        await run_in_threadpool(resume_reading, container)
        try:
            yield
        finally:
            await run_in_threadpool(container.work.stop)
            await run_in_threadpool(jobs.stop)

    return lifespan
