"""When and with what a result was made, so that a comparison can say what else has changed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from api.container import Container
from assistant.models import CHINA_TIME


def made_with(container: Container) -> dict[str, str]:
    """{"on": day, "version": of the program, "embedder": its fingerprint}."""
    return {
        "on": container.clock().astimezone(CHINA_TIME).date().isoformat(),
        "version": program_version(),
        "embedder": container.embedder().fingerprint,
    }


def program_version() -> str:
    try:
        return version("zhengwen")
    except PackageNotFoundError:
        return ""
