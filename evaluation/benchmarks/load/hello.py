"""The plainest route there is, served as the service is: no request can be faster on this machine. Imports little, to start soon."""

from __future__ import annotations

import os
import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/")
async def hello() -> dict[str, str]:
    return {"message": "你好"}


def serve(port: int, cores: int, processes: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    name = "evaluation.benchmarks.load.hello:app"
    uvicorn.run(name, host="127.0.0.1", port=port, workers=processes, access_log=False, log_level="warning")


if __name__ == "__main__":
    serve(*(int(number) for number in sys.argv[3:]))
