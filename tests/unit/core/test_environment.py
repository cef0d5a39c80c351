"""What is typed wrongly into the environment is said in one sentence that names the setting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tereze.core import environment, keys


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TEREZE_ZONE", "Mars/Phobos"),
        ("TEREZE_SMTP_PORT", "abc"),
        ("TEREZE_SMTP_TLS", "maybe"),
        ("TEREZE_WATCH_FLAGGED_DAYS", "-1"),
        ("TEREZE_LOG", "loud"),
        ("TEREZE_URL", "tereze.example.kz"),
        ("TEREZE_STANDINS", "127.0.0.1"),
        ("TEREZE_DATA_KEY", "short"),
        ("TEREZE_DATA_KEY", "щщщ"),
        ("TEREZE_DATA_KEY_FILE", "/nowhere/key"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "postgres://x:y@z:port/name"),
        ("TEREZE_DATA", "/proc/nothing"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(name: str, value: str, tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TEREZE_", "DATABASE_URL"))}
    done = subprocess.run(
        [sys.executable, "-m", "tereze", "figures"],
        env={**clean, "TEREZE_DATA": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("tereze: ")
    assert name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("value", "means"), [("", False), ("0", False), ("no", False), ("1", True), ("Yes", True)]
)
def test_no_means_no(value: str, means: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEREZE_BEHIND_PROXY", value)
    assert environment.flag("TEREZE_BEHIND_PROXY") is means


def test_a_key_file_that_was_named_is_never_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEREZE_DATA_KEY_FILE", str(tmp_path / "elsewhere" / "key"))
    with pytest.raises(ImproperlyConfigured, match="TEREZE_DATA_KEY_FILE"):
        keys.open_keyring(tmp_path / "data", may_create=True)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(("shared", "mode"), [(False, 0o700), (True, 0o755)])
def test_only_a_folder_of_our_own_is_closed(tmp_path: Path, shared: bool, mode: int) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    if shared:
        (data / "somebody else's").touch()
    keys.open_keyring(data, may_create=True)
    assert data.stat().st_mode & 0o777 == mode
    assert (data / "keys").stat().st_mode & 0o777 == 0o700
