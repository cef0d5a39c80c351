"""The harness has teeth: what is written carelessly does not pass."""

import pytest

from tereze.audit.models import AuditEvent, record
from tereze.core.actor import Actor
from tests.crash.conftest import Crash
from tests.crash.harness import World


BY = Actor.machine("careless")


class Careless:
    """Says "done" before it is, does in two commits what belongs together, and repeats blindly."""

    def prepare(self) -> None:
        """Nothing is needed."""

    def warm_up(self) -> None:
        """Nothing is slow."""

    def install(self, world: World) -> None:
        """Nothing goes out."""

    def live(self, world: World) -> None:
        world.answered("promised")
        record("first", target="x", by=BY)
        record("second", target="x", by=BY)

    def after_death(self, world: World) -> None:
        if world.noted("promised"):
            assert AuditEvent.objects.exists(), "lost"
        kinds = set(AuditEvent.objects.values_list("kind", flat=True))
        assert kinds in (set(), {"first", "second"}), "halved"

    def after_recovery(self, world: World) -> None:
        assert AuditEvent.objects.count() == 2, "doubled"


SCENARIO = Careless()


@pytest.mark.timeout(420)
def test_what_is_written_carelessly_is_caught(every_death: Crash) -> None:
    found = every_death("harness")
    said = "\n".join(found["failures"])
    for what in ("lost", "halved", "doubled"):
        assert f"AssertionError: {what}" in said
    assert len(found["failures"]) == found["ran"]
