"""The audit trail tells of every change to it: byte by byte, row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from api.access.adapters.audit_files import AnchorFile, AuditKeys
from api.access.adapters.sql import SqlAuditTrail, migration, prepare_access
from api.access.audit_chain import STARTED, Anchor, ChainedRow, ChainSeal, plain_hash
from api.access.audit_verification import ChainVerdict, Fault, verify_chain
from knowledge_base.adapters.sql import open_records
from tests.conftest import STORE_KINDS
from tests.fakes.account_store import MemoryAnchorLog, MemoryAuditTrail

NOON = datetime(2026, 11, 22, 4, 0, 1, 5, tzinfo=UTC)
SEAL = ChainSeal(lambda: (b"k" * 32,))
COLUMNS = ("at", "actor", "action", "subject", "reason", "address", "before", "after", "previous_hash", "hash")
Trail = SqlAuditTrail | MemoryAuditTrail


def record_some(trail: Trail) -> None:
    trail.record("admin", "account_created", "li.si", "新来的坐席", "203.0.113.7", "", "坐席")
    trail.record("li.si", "signed_in", "li.si", address="203.0.113.8")
    trail.record("admin", "roles_changed", "li.si", "轮岗", "203.0.113.7", "坐席", "班长")
    trail.record("admin", "account_disabled", "li.si", "离职")


@pytest.fixture
def sqlite_trail(sqlite_engine: Engine) -> SqlAuditTrail:
    prepare_access(sqlite_engine)
    trail = SqlAuditTrail(sqlite_engine, lambda: NOON, str, SEAL, MemoryAnchorLog())
    record_some(trail)
    return trail


def open_to_all(url: str) -> sqlite3.Connection:
    """As somebody with the database in hand, who has taken the triggers away."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for verb in ("update", "delete"):
        connection.execute(f"DROP TRIGGER access_events_no_{verb}")
    return connection


def judged(trail: Trail, anchors: MemoryAnchorLog | None = None) -> ChainVerdict:
    return verify_chain(trail.rows(), SEAL, anchors.all() if anchors else ())


@pytest.mark.parametrize("kind", STORE_KINDS)
def test_a_trail_that_was_only_added_to_is_whole(kind: str, request: pytest.FixtureRequest) -> None:
    anchors = MemoryAnchorLog()
    trail: Trail
    if kind == "memory":
        trail = MemoryAuditTrail(lambda: NOON, str, anchors)
        trail.seal = SEAL
    else:
        engine = request.getfixturevalue(f"{kind}_engine")
        prepare_access(engine)
        trail = SqlAuditTrail(engine, lambda: NOON, str, SEAL, anchors)
    record_some(trail)
    verdict = judged(trail, anchors)
    assert (verdict.is_whole, verdict.rows) == (True, 4)
    assert "共 4 条" in str(verdict)


def test_every_change_of_a_single_byte_is_found_at_its_row(sqlite_trail: SqlAuditTrail, sqlite_url: str) -> None:
    """Each byte of each column of each row is replaced in turn, as text where it still is text and as raw bytes."""
    connection, tried = open_to_all(sqlite_url), 0
    for number in range(1, 5):
        for column in COLUMNS:
            # Names of columns, which no parameter can stand for.
            query = f"SELECT CAST({column} AS BLOB) FROM access_events WHERE ordinal = ?"  # noqa: S608
            (kept,) = connection.execute(query, (number,)).fetchone()
            for place in range(len(kept)):
                changed = kept[:place] + bytes([kept[place] ^ (1 + place % 255)]) + kept[place + 1 :]
                tried += 1
                write(connection, number, column, changed)
                verdict = judged(sqlite_trail)
                assert (verdict.fault, verdict.at) == (Fault.ALTERED, number), (number, column, place, changed)
            write(connection, number, column, kept)
    assert tried > 750
    assert judged(sqlite_trail).is_whole


def write(connection: sqlite3.Connection, number: int, column: str, content: bytes) -> None:
    # As above.
    connection.execute(f"UPDATE access_events SET {column} = CAST(? AS TEXT) WHERE ordinal = ?", (content, number))  # noqa: S608


@pytest.mark.parametrize("value", range(256))
def test_no_other_value_of_a_byte_passes(value: int, chain: Sequence[ChainedRow]) -> None:
    row = chain[1]
    for at, column in enumerate(row.columns):
        for place in range(len(column)):
            if column[place] != value:
                changed = column[:place] + bytes([value]) + column[place + 1 :]
                altered = replace(row, columns=(*row.columns[:at], changed, *row.columns[at + 1 :]))
                assert not SEAL.fits(altered)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("change", ["|| 'x'", "|| char(0)", "|| ' '"])
def test_a_byte_more_at_the_end_is_found(sqlite_trail: SqlAuditTrail, sqlite_url: str, column: str, change: str) -> None:
    # As above.
    open_to_all(sqlite_url).execute(f"UPDATE access_events SET {column} = {column} {change} WHERE ordinal = 2")  # noqa: S608
    assert judged(sqlite_trail).at == 2


@pytest.mark.parametrize("number", [0, -1, 5, 6, 1000])
def test_another_number_is_found(sqlite_trail: SqlAuditTrail, sqlite_url: str, number: int) -> None:
    open_to_all(sqlite_url).execute("UPDATE access_events SET ordinal = ? WHERE ordinal = 2", (number,))
    assert not judged(sqlite_trail).is_whole


def test_text_moved_from_one_column_to_the_next_is_found(sqlite_trail: SqlAuditTrail, sqlite_url: str) -> None:
    open_to_all(sqlite_url).execute("UPDATE access_events SET before = before || after, after = '' WHERE ordinal = 3")
    assert judged(sqlite_trail).at == 3


@pytest.fixture
def chain() -> tuple[ChainedRow, ...]:
    trail = MemoryAuditTrail(lambda: NOON, str)
    trail.seal = SEAL
    record_some(trail)
    return tuple(trail.rows())


@pytest.mark.parametrize("gone", range(4))
def test_a_deleted_row_is_found_wherever_it_stood(chain: tuple[ChainedRow, ...], gone: int) -> None:
    kept = [row for row in chain if row.number != gone + 1]
    verdict = verify_chain(kept, SEAL, [Anchor(row.number, row.hash) for row in chain])
    assert (verdict.fault, verdict.at) == (Fault.CUT_OFF if gone == 3 else Fault.MISSING, gone + 1)


@pytest.mark.parametrize("gone", range(3))
def test_closing_the_gap_after_a_deletion_does_not_hide_it(chain: tuple[ChainedRow, ...], gone: int) -> None:
    kept = [row for row in chain if row.number != gone + 1]
    renumbered = [replace(row, number=number) for number, row in enumerate(kept, 1)]
    assert verify_chain(renumbered, SEAL, ()).at == gone + 1


@pytest.mark.parametrize(("one", "other"), [(a, b) for a in range(4) for b in range(a + 1, 4)])
def test_swapped_rows_are_found(chain: tuple[ChainedRow, ...], one: int, other: int) -> None:
    swapped = list(chain)
    swapped[one], swapped[other] = (
        replace(chain[other], number=chain[one].number),
        replace(chain[one], number=chain[other].number),
    )
    assert verify_chain(swapped, SEAL, ()).at == one + 1
    swapped[one], swapped[other] = chain[other], chain[one]
    assert not verify_chain(swapped, SEAL, ()).is_whole


@pytest.mark.parametrize("twice", range(4))
def test_a_doubled_row_is_found(chain: tuple[ChainedRow, ...], twice: int) -> None:
    doubled = [*chain[: twice + 1], chain[twice], *chain[twice + 1 :]]
    assert not verify_chain(doubled, SEAL, ()).is_whole
    again = [replace(row, number=number) for number, row in enumerate(doubled, 1)]
    assert verify_chain(again, SEAL, ()).at == twice + 2


@pytest.mark.parametrize("place", range(5))
def test_a_row_put_in_without_the_key_is_found(chain: tuple[ChainedRow, ...], place: int) -> None:
    before = chain[place - 1].hash if place else b""
    stranger = ChainSeal(lambda: (b"guessed",))
    columns = chain[0].columns
    forged = ChainedRow(place + 1, columns, before, stranger.hash(place + 1, columns, before))
    rows = [*chain[:place], forged, *(replace(row, number=row.number + 1) for row in chain[place:])]
    assert verify_chain(rows, SEAL, ()).at == place + 1


@pytest.mark.parametrize("left", range(4))
def test_a_tail_cut_off_is_found_by_the_anchors(chain: tuple[ChainedRow, ...], left: int) -> None:
    verdict = verify_chain(chain[:left], SEAL, [Anchor(row.number, row.hash) for row in chain])
    assert (verdict.fault, verdict.at, verdict.rows) == (Fault.CUT_OFF, left + 1, left)


def test_a_chain_made_anew_without_the_key_is_found(sqlite_trail: SqlAuditTrail) -> None:
    """Whoever holds the whole database can make any chain whose hashes need no key, or a key of their own."""
    for seal in (ChainSeal(lambda: (b"their own",)),):
        trail = MemoryAuditTrail(lambda: NOON, str)
        trail.seal = seal
        record_some(trail)
        assert verify_chain(trail.rows(), SEAL, ()).at == 1


def test_another_row_of_the_same_key_under_an_anchored_number_is_found(chain: tuple[ChainedRow, ...]) -> None:
    trail = MemoryAuditTrail(lambda: NOON.replace(second=9), str)
    trail.seal = SEAL
    record_some(trail)
    verdict = verify_chain(trail.rows(), SEAL, [Anchor(row.number, row.hash) for row in chain])
    assert (verdict.fault, verdict.at) == (Fault.OTHERWISE_ANCHORED, 1)


def test_anchors_written_in_another_order_than_their_rows_are_no_fault(chain: tuple[ChainedRow, ...]) -> None:
    anchors = [Anchor(row.number, row.hash) for row in chain]
    assert verify_chain(chain, SEAL, [anchors[1], anchors[0], anchors[3], anchors[2]]).is_whole
    assert verify_chain(chain, SEAL, reversed(anchors)).is_whole


def test_after_a_change_of_keys_old_rows_are_still_checked(chain: tuple[ChainedRow, ...]) -> None:
    both = ChainSeal(lambda: (b"n" * 32, b"k" * 32))
    assert verify_chain(chain, both, ()).is_whole
    assert verify_chain(chain, ChainSeal(lambda: (b"n" * 32,)), ()).at == 1


@pytest.mark.parametrize("kind", [kind for kind in STORE_KINDS if kind != "memory"])
def test_rows_written_at_once_get_numbers_without_gaps(kind: str, request: pytest.FixtureRequest) -> None:
    engine, anchors = request.getfixturevalue(f"{kind}_engine"), MemoryAnchorLog()
    prepare_access(engine)
    trails = [SqlAuditTrail(engine, lambda: NOON, str, SEAL, anchors) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: trails[number % 4].record("admin", "tried", str(number)), range(40)))
    assert [row.number for row in trails[0].rows()] == list(range(1, 41))
    assert judged(trails[0], anchors).is_whole


def test_the_anchor_file_gives_back_what_was_added_and_passes_over_a_torn_line(tmp_path: Path) -> None:
    log, hashed = AnchorFile(tmp_path / "new" / "audit.anchors"), b"hmac-sha256:" + b"a" * 64
    assert list(log.all()) == []
    log.add(Anchor(1, hashed))
    with (tmp_path / "new" / "audit.anchors").open("ab") as file:
        file.write(b"2 hmac-sha\n")
    log.add(Anchor(3, hashed))
    assert list(log.all()) == [Anchor(1, hashed), Anchor(3, hashed)]


def test_an_anchor_that_cannot_be_written_stops_no_act(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    AnchorFile(tmp_path / "file" / "audit.anchors").add(Anchor(1, b"h"))


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "home" / "audit.key"
    first = AuditKeys(file)()
    assert AuditKeys(file)() == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert AuditKeys(file, "ab" * 32 + "," + "cd" * 32)() == (b"\xab" * 32, b"\xcd" * 32)


@pytest.fixture(params=[kind for kind in STORE_KINDS if kind != "memory"])
def old_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The access record as the version before the chain left it: three rows, with a gap where one had been rolled back."""
    engine = open_records(request.getfixturevalue(f"{request.param}_url"))
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "v0001")
        kept_as = "TIMESTAMPTZ" if engine.dialect.name == "postgresql" else "TEXT"
        # One of two names of types.
        line = f"INSERT INTO access_events VALUES (:o, CAST(:at AS {kept_as}), :actor, 'signed_in', 'x', '', '')"  # noqa: S608
        for ordinal, actor in ((1, "li.si"), (2, ""), (4, "张三")):
            connection.execute(text(line), {"o": ordinal, "at": "2026-11-20 01:02:03.000004", "actor": actor})
    yield engine
    engine.dispose()


def test_rows_from_before_the_chain_are_chained_without_gaps_and_sealed_by_the_next(old_engine: Engine) -> None:
    prepare_access(old_engine)
    trail = SqlAuditTrail(old_engine, lambda: NOON, str, SEAL, MemoryAnchorLog())
    assert judged(trail).is_whole
    trail.record("admin", "account_created", "wang.wu")
    assert [(event.number, event.actor, event.action) for event in trail.events()] == [
        (5, "admin", "account_created"),
        (4, "政问", STARTED),
        (3, "张三", "signed_in"),
        (2, "", "signed_in"),
        (1, "li.si", "signed_in"),
    ]
    assert judged(trail).is_whole
    with pytest.raises(DBAPIError, match="only ever added to"), old_engine.begin() as connection:
        connection.execute(text("DELETE FROM access_events"))


def test_rows_without_a_key_are_taken_only_before_the_chain_begins(old_engine: Engine) -> None:
    prepare_access(old_engine)
    trail = SqlAuditTrail(old_engine, lambda: NOON, str, SEAL, MemoryAnchorLog())
    trail.record("admin", "account_created", "wang.wu")
    rows = list(trail.rows())
    plain = replace(rows[0], number=6, previous=rows[4].hash)
    assert verify_chain([*rows, replace(plain, hash=plain_hash(plain))], SEAL, ()).fault is Fault.UNSEALED
    fewer = [replace(row, number=row.number - 1) for row in rows[1:]]
    assert not verify_chain(fewer, SEAL, ()).is_whole
    altered = replace(rows[1], columns=(*rows[1].columns[:-1], b"x"))
    assert verify_chain([rows[0], altered, *rows[2:]], SEAL, ()).at == 2
    rechained = replace(altered, hash=plain_hash(altered))
    assert verify_chain([rows[0], rechained, *rows[2:]], SEAL, ()).at == 3
