"""What every ContactVault promises, and how the real one keeps its keys."""

from __future__ import annotations

import multiprocessing
import stat
import threading
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from assistant.adapters.hotline import FernetContactVault
from assistant.hotline.errors import SealBroken
from assistant.hotline.models import Contact
from assistant.hotline.ports import ContactVault
from tests.fakes.contact_vault import FakeContactVault

CONTACT = Contact("王小明", "09008880001", "示范市明德区一号“院”\n2单元")
# Fixed, so that every process of a test run collects the same tests.
OLD, NEW, OTHER = (urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3))


@pytest.fixture(params=["fake", "fernet"])
def vaults(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[ContactVault, ContactVault]:
    """Two with different keys."""
    if request.param == "fake":
        return FakeContactVault("one"), FakeContactVault("another")
    return FernetContactVault(tmp_path / "one.key"), FernetContactVault(tmp_path / "another.key")


@pytest.fixture
def vault(vaults: tuple[ContactVault, ContactVault]) -> ContactVault:
    return vaults[0]


@pytest.mark.parametrize("contact", [CONTACT, Contact(), Contact(name="𠮷\x00")])
def test_what_is_sealed_can_be_opened(vault: ContactVault, contact: Contact) -> None:
    assert vault.open(vault.seal(contact)) == contact


def test_a_seal_shows_nothing_of_the_contact(vault: ContactVault) -> None:
    sealed = vault.seal(CONTACT)
    assert not any(value in sealed for value in (CONTACT.name, CONTACT.phone, CONTACT.address))
    assert CONTACT.phone not in vault.digest(CONTACT.phone)


def test_another_key_opens_nothing_and_finds_nothing(vaults: tuple[ContactVault, ContactVault]) -> None:
    ours, theirs = vaults
    with pytest.raises(SealBroken):
        theirs.open(ours.seal(CONTACT))
    assert ours.digest(CONTACT.phone) != theirs.digest(CONTACT.phone)


@pytest.mark.parametrize("sealed", ["", "不是密文", "gAAAAA", "e30="])
def test_what_was_never_sealed_cannot_be_opened(vault: ContactVault, sealed: str) -> None:
    with pytest.raises(SealBroken):
        vault.open(sealed)


def test_equal_texts_have_equal_digests_and_nothing_has_none(vault: ContactVault) -> None:
    assert vault.digest("09008880001") == vault.digest("09008880001") != vault.digest("09008880002")
    assert vault.digest("") == ""


def test_two_seals_of_one_contact_differ(tmp_path: Path) -> None:
    vault = FernetContactVault(tmp_path / "contact.key")
    assert vault.seal(CONTACT) != vault.seal(CONTACT)


def test_a_changed_seal_is_noticed(tmp_path: Path) -> None:
    vault = FernetContactVault(tmp_path / "contact.key")
    sealed = vault.seal(CONTACT)
    with pytest.raises(SealBroken):
        vault.open(sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:])


def test_the_key_file_is_made_on_first_use_for_its_owner_alone_and_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "home" / "contact.key"
    vault = FernetContactVault(path)
    assert not path.exists()
    sealed, digest = vault.seal(CONTACT), vault.digest(CONTACT.phone)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = FernetContactVault(path)
    assert (again.open(sealed), again.digest(CONTACT.phone)) == (CONTACT, digest)


def _seal_when_all_are_ready(path: Path, start: threading.Barrier, seals: multiprocessing.Queue[str]) -> None:
    start.wait()
    seals.put(FernetContactVault(path).seal(CONTACT))


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    start, seals, path = spawn.Barrier(4), spawn.Queue(), tmp_path / "contact.key"
    processes = [spawn.Process(target=_seal_when_all_are_ready, args=(path, start, seals)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [FernetContactVault(path).open(seals.get(timeout=60)) for _ in processes] == [CONTACT] * 4
    for process in processes:
        process.join(timeout=60)


def test_configured_keys_leave_no_file(tmp_path: Path) -> None:
    path = tmp_path / "contact.key"
    assert FernetContactVault(path, OLD).open(FernetContactVault(path, OLD).seal(CONTACT)) == CONTACT
    assert not path.exists()


def test_after_a_new_key_in_front_old_seals_open_and_earlier_orders_are_still_found(tmp_path: Path) -> None:
    before, after = (FernetContactVault(tmp_path / "unused", keys) for keys in (OLD, f"{NEW},{OLD}"))
    assert after.open(before.seal(CONTACT)) == CONTACT
    assert after.digest(CONTACT.phone) == before.digest(CONTACT.phone)
    with pytest.raises(SealBroken):
        before.open(after.seal(CONTACT))


def test_a_key_file_may_hold_several_keys_one_per_line(tmp_path: Path) -> None:
    path = tmp_path / "contact.key"
    path.write_text(f"{NEW}\n{OLD}\n", encoding="ascii")
    assert FernetContactVault(path).open(FernetContactVault(path, OLD).seal(CONTACT)) == CONTACT


@pytest.mark.parametrize("content", ["", "密钥", "c2hvcnQ=", OTHER[:-4]])
def test_a_damaged_key_file_is_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "contact.key"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SealBroken, match="密钥"):
        FernetContactVault(path).seal(CONTACT)
    assert path.read_text(encoding="utf-8") == content
