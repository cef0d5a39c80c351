"""What a refused page leaves in the log."""

import logging
from collections.abc import Callable

import pytest
from django.test import Client

from tereze.accounts.models import User
from tereze.accounts.permissions import Role


BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_a_refused_page_is_one_line(
    officer: Callable[[str], User], client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(officer(Role.PROSECUTOR), backend=BACKEND)
    assert client.get("/desk/users/").status_code == 403
    [line] = caplog.records
    assert "Forbidden" in line.getMessage()
    assert not line.exc_info


def test_a_fault_of_ours_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("django.request").error(
        "gone wrong", extra={"status_code": 500}, exc_info=ValueError("why")
    )
    [line] = caplog.records
    assert line.exc_info
