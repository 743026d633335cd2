"""Key-value logs on standard error. What citizens write never enters them: only names, counts and times do."""

from __future__ import annotations

import logging
import sys
from traceback import extract_tb

import structlog


def configure_logs(level: str) -> None:
    """Set up structlog for the process; called once by the command line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        # Looked up at each line: whoever replaces the stream meanwhile, and closes it, must not silence what follows.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def where(error: BaseException) -> str:
    """The places of a traceback, innermost last, without the error's message: a message can repeat what a citizen wrote."""
    frames = extract_tb(error.__traceback__)[-6:]
    return f"{type(error).__name__} at " + " > ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in frames)
