"""A process that works off the open run of one source, to be killed at any moment: python -m … HOME PORT SOURCE_ID."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from api.settings import Settings
from api.wiring.intake import intake_on
from api.wiring.sources import sources_on
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from knowledge_base.regions import RegionDirectory
from knowledge_base.sources.source_desk import SourceDesk

REGIONS = Path(__file__).parents[2] / "knowledge_base" / "seeds" / "regions.csv"


def now() -> datetime:
    return datetime.now(UTC)


def a_desk(home: Path, port: int) -> SourceDesk:
    settings = Settings(_env_file=None, home=home, fetch_allow=f"127.0.0.1:{port}")
    engine = open_records(settings.records_address)
    intake = intake_on(engine, settings, SqlDocumentStore(engine), RegionDirectory.from_csv(REGIONS), now)
    return sources_on(engine, settings, intake, lambda _task, _argument: None, now)


def main() -> None:
    home, port, source_id = sys.argv[1:]
    desk = a_desk(Path(home), int(port))
    desk.due(now())
    desk.run(source_id)


if __name__ == "__main__":
    main()
