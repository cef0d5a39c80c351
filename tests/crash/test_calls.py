"""A chat goes blind: the person named for it is called, then the chief, who comes. Whatever dies:
each is called once, and once somebody has come nobody is called any more."""

import pytest

from tereze.accounts.models import Unit, User
from tereze.audit.models import AuditEvent
from tereze.watch.actions import calling, shifts, sources, watching
from tereze.watch.models import Call, Source
from tests.crash.conftest import Crash
from tests.crash.harness import World, journal_is_whole
from tests.watching import ADMINISTRATOR, lawful


class GoingBlind:
    def prepare(self) -> None:
        unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
        for role in ("duty_officer", "chief"):
            User.objects.create_user(
                username=role, password=None, name=f"Ахметова {role}", role=role, unit=unit
            )
        duty = User.objects.get(username="duty_officer")
        source = sources.add_source(
            unit=unit,
            kind="telegram",
            chat_id="-100500",
            title="Балхаш объявления",
            by=ADMINISTRATOR,
            **lawful(mode="review", token="1:a", language="ru"),
        )
        Source.objects.filter(pk=source.pk).update(on_call=duty)
        shifts.begin(by=duty)  # a wall with nobody on duty would call for that, too

    def warm_up(self) -> None:
        """Nothing is read here."""

    def install(self, world: World) -> None:
        """Nothing goes out: calls stand on the pages of those who are called."""

    def live(self, world: World) -> None:
        source = Source.objects.get()
        if not world.noted("went blind"):
            sources.note_health(source_ids=[source.pk], health="blind", reason="kicked")
            world.answered("went blind")
        world.move(61)
        watching.call_for_the_blind()  # as the clock does
        world.work()
        world.move(16 * 60)
        watching.call_for_the_blind()
        world.work()
        if not world.noted("came"):
            chief = User.objects.get(username="chief")
            calling.take(call=Call.objects.get(kind="blind", person=chief), by=chief)
            world.answered("came")
        world.move(16 * 60)
        watching.call_for_the_blind()
        world.work()

    def after_death(self, world: World) -> None:
        called = Call.objects.filter(kind="blind")
        assert called.filter(to_chief=False).count() <= 1
        if called.filter(to_chief=True).exists():
            assert called.filter(to_chief=False).exists()

    def after_recovery(self, world: World) -> None:
        calls = {
            call.person.username: (call.to_chief, call.taken_at is not None)
            for call in Call.objects.filter(kind="blind").select_related("person")
        }
        assert calls == {"duty_officer": (False, True), "chief": (True, True)}
        assert Call.objects.filter(kind="blind").count() == 2
        made = [event.detail for event in AuditEvent.objects.filter(kind="call.made")]
        said = [one["person"] for one in made if one["kind"] == "blind"]
        assert said == ["duty_officer", "chief"]
        assert AuditEvent.objects.filter(kind="source.health").count() >= 1
        journal_is_whole()


SCENARIO = GoingBlind()


@pytest.mark.timeout(420)
def test_everybody_is_called_once_wherever_it_dies(crash: Crash) -> None:
    found = crash("calls")
    assert found["points"]["commit"] >= 6
