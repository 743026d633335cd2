"""Steps of the desk benchmark, each in a process of its own; the last line of output is its result as JSON."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import uvicorn
import yaml

from api.access.guards import SESSION_COOKIE
from api.access.models import Role
from api.app import create_app
from api.container import SEEDS, Container, build_container
from api.importing import import_policies
from api.logs import configure_logs
from api.settings import DEMONSTRATION_CITY, Settings
from evaluation.benchmarks.search_corpus import corpus_editions, vectors_of
from indexing.models import Passage, SearchQuery
from indexing.passage_splitter import guide_passage, split_edition
from knowledge_base.validity import editions

_DEMONSTRATION = SEEDS / "demo"
_PREPARED = "desk-bench.json"


def prepare(home: Path, size: int, embed: int) -> dict[str, object]:
    """The demonstration content, then laws up to `size` passages, all in the catalogue and in the index."""
    record = home / _PREPARED
    if record.is_file():
        known: dict[str, object] = json.loads(record.read_text(encoding="utf-8"))
        return known
    container = open_container(home)
    container.departments.save(container.read_departments(_DEMONSTRATION / "departments.yaml"))
    container.guides.save(container.read_guides(_DEMONSTRATION / "guides.yaml"))
    import_policies(container, [_DEMONSTRATION / "policies"], "benchmark", lambda *_: None)
    passages = [
        passage for history in container.documents.histories() for edition in editions(history) for passage in split_edition(edition)
    ]
    passages += [guide_passage(guide) for guide in container.guides.all()]
    own = len(passages)
    passages += islice(_stored_laws(container), max(0, size - own))
    vectors, tokens = vectors_of(passages, min(own + embed, len(passages)), container.embedder(), lambda *_: None)
    container.synchroniser().publish(passages, vectors, tokens)
    # As `zhengwen setup` does: the service starts with everything learned.
    container.learn()
    origin = (
        f"{own} 段示范内容和 {len(passages) - own} 段公开法律法规；前 {min(own + embed, len(passages))} 段是真实向量，其余是加扰动的副本"
    )
    outcome: dict[str, object] = {"passages": len(passages), "origin": origin}
    record.write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")
    return outcome


def _stored_laws(container: Container) -> Iterator[Passage]:
    for edition in corpus_editions():
        container.documents.add(edition.revision)
        yield from split_edition(edition)


def search(home: Path, cores: int) -> dict[str, object]:
    """Median milliseconds of a bare search with the question's vector, one client."""
    keep_to(cores)
    container = open_container(home)
    searcher, day = container.searcher(), container.today()
    searcher.search(SearchQuery("预热", day, DEMONSTRATION_CITY))
    taken = []
    for question in _questions():
        started = time.perf_counter()
        searcher.search(SearchQuery(question, day, DEMONSTRATION_CITY, limit=20))
        taken.append((time.perf_counter() - started) * 1000)
    return {"p50_ms": round(statistics.median(taken), 2)}


def operator(home: Path) -> dict[str, object]:
    """Headers of a signed-in operator, and what callers ask."""
    container = open_container(home)
    known = {account.name: account for account in container.accounts.all()}
    account = (
        known.get("bench") or container.accounts.create("bench", [Role.OPERATOR], by="benchmark", password=os.urandom(12).hex()).account
    )
    session = container.access.sessions.open(account)
    return {"headers": {"Cookie": f"{SESSION_COOKIE}={session.token}", "X-CSRF-Token": session.csrf_token}, "questions": _questions()}


def serve(home: Path, port: int, cores: int) -> None:
    keep_to(cores)
    configure_logs("warning")
    container = open_container(home)
    container.desk().warm_up()
    uvicorn.run(create_app(container), host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _questions() -> list[str]:
    hot = list(yaml.safe_load((_DEMONSTRATION / "hot_questions.yaml").read_text(encoding="utf-8")))
    guides = yaml.safe_load((_DEMONSTRATION / "guides.yaml").read_text(encoding="utf-8"))
    return [*hot, *(question for guide in guides for question in guide["usual_questions"][:2])]


def keep_to(cores: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cores]))


def open_container(home: Path) -> Container:
    settings = Settings()
    source = Path(settings.embedder_source)
    embedder = str(source.resolve()) if source.is_dir() else settings.embedder_source
    home.mkdir(parents=True, exist_ok=True)
    trained = settings.home / "classifiers"
    if trained.is_dir():
        # Trained on the same examples and the same directory: training again would only lengthen the start.
        shutil.copytree(trained, home / "classifiers", dirs_exist_ok=True)
    changes = {"home": home, "records_url": "", "embedder": embedder, "demonstration": True, "region": ""}
    return build_container(Settings(**{**settings.model_dump(), **changes}))


def main() -> None:
    step, home, numbers = sys.argv[1], Path(sys.argv[2]), [int(number) for number in sys.argv[3:]]
    if step == "serve":
        serve(home, *numbers)
        return
    steps: dict[str, Callable[..., dict[str, object]]] = {"prepare": prepare, "search": search, "operator": operator}
    sys.stdout.write(json.dumps(steps[step](home, *numbers), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
