from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tereze.core import due, keys, vault
from tereze.core.encryption import WrongKeyError, decrypt, encrypt, keyed_hash
from tereze.core.numbering import next_number


def test_what_is_encrypted_opens_again_and_hides_the_text() -> None:
    sealed = encrypt("Айгүл, 8 701".encode())
    assert "Айгүл".encode() not in sealed
    assert decrypt(sealed).decode() == "Айгүл, 8 701"


def test_an_old_key_still_opens_and_a_lost_one_says_so(settings: settings) -> None:  # type: ignore[valid-type]
    old, new = b"o" * 32, b"n" * 32
    settings.DATA_KEYS = (old,)
    sealed = encrypt(b"text")
    before = keyed_hash("+77010000000", purpose="phone")
    settings.DATA_KEYS = (new, old)
    assert decrypt(sealed) == b"text"
    assert keyed_hash("+77010000000", purpose="phone") == before
    settings.DATA_KEYS = (new,)
    with pytest.raises(WrongKeyError):
        decrypt(sealed)


def test_a_missing_key_is_never_made_beside_existing_data(tmp_path: Path) -> None:
    first = keys.open_keyring(tmp_path, may_create=True)
    assert keys.open_keyring(tmp_path, may_create=False) == first
    assert (tmp_path / "keys" / "data_key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "keys" / "data_key").unlink()
    with pytest.raises(ImproperlyConfigured, match="backup"):
        keys.open_keyring(tmp_path, may_create=False)


def test_a_stored_file_comes_back_and_a_damaged_one_is_noticed() -> None:
    stored = vault.store(b"picture")
    assert vault.read(stored.sha256) == b"picture"
    path = vault.vault_folder() / stored.sha256[:2] / stored.sha256
    assert b"picture" not in path.read_bytes()
    path.write_bytes(encrypt(b"another"))
    with pytest.raises(vault.DamagedFileError):
        vault.read(stored.sha256)
    path.unlink()
    with pytest.raises(vault.DamagedFileError):
        vault.read(stored.sha256)


@pytest.mark.django_db
def test_numbers_count_per_unit_and_kind() -> None:
    first, second = next_number("balqash", "report"), next_number("balqash", "report")
    assert first.endswith("-000001")
    assert second.endswith("-000002")
    assert next_number("balqash", "case").endswith("-000001")
    assert next_number("other", "report").endswith("-000001")


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 10), (3, 40), (50, 900)])
def test_pauses_grow_and_never_end_the_trying(attempts: int, seconds: int) -> None:
    assert due.pause(attempts).total_seconds() == seconds
