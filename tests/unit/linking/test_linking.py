"""Series: what shares an indicator is joined, what belongs to everybody joins nothing."""

import pytest

from tereze.accounts.models import Unit
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.indicators import extract
from tereze.linking import actions
from tereze.linking.actions import Linked, Subject, record_sightings
from tereze.linking.models import Indicator, Series, Sighting
from tereze.linking.reads import (
    independent_reporters,
    members,
    row_of,
    seen_before,
    series_of,
    shared_with,
)


pytestmark = pytest.mark.django_db
BY = Actor.machine("test")
CARD = "4400 4302 1234 5679"


def see(
    unit: Unit,
    key: str,
    text: str,
    *,
    kind: str = "report",
    reporter: str = "",
    **more: frozenset[str],
) -> Linked:
    subject = Subject(kind, key, now(), reporter)
    return record_sightings(unit=unit, subject=subject, found=extract(text), by=BY, **more)


def test_reports_and_messages_that_share_a_number_form_one_series(unit: Unit) -> None:
    see(unit, "r1", "звонили с 8 701 555 66 77")
    see(unit, "m1", "пишите wa.me/77015556677 и @drop_kz", kind="message")
    see(unit, "r2", "писал @drop_kz")
    see(unit, "r3", "звонили с 8 702 111 22 33")
    series = series_of("report", "r2")
    assert series is not None
    assert set(members(series)) == {("report", "r1"), ("message", "m1"), ("report", "r2")}
    assert series_of("report", "r3") is None, "alone is no series"


def test_a_report_that_names_two_series_joins_them(unit: Unit) -> None:
    see(unit, "r1", "8 701 555 66 77")
    see(unit, "r2", "8 702 111 22 33")
    assert Series.objects.count() == 2
    linked = see(unit, "r3", "сначала 8 701 555 66 77, потом 8 702 111 22 33")
    assert Series.objects.count() == 1
    assert set(linked.joined) == {("report", "r1"), ("report", "r2")}
    assert {shared.key for shared in shared_with("report", "r1")} == {"r3"}


@pytest.mark.parametrize("hub", ["1477", "https://www.olx.kz/", "https://kaspi.kz", "звоните 102"])
def test_what_belongs_to_everybody_joins_nothing(unit: Unit, hub: str) -> None:
    see(unit, "r1", f"{hub} и 8 701 555 66 77")
    see(unit, "r2", f"{hub} и 8 702 111 22 33")
    assert shared_with("report", "r1") == []
    assert Series.objects.count() == 2


def test_the_reporters_own_number_never_enters(unit: Unit) -> None:
    see(
        unit,
        "r1",
        "мой 8 777 000 11 22, звонили с 8 701 555 66 77",
        own_values=frozenset({"+77770001122"}),
    )
    assert list(Indicator.objects.values_list("shown", flat=True)) == ["+77015556677"]


def test_a_card_rests_as_a_hash_and_is_found_again(unit: Unit) -> None:
    see(unit, "r1", f"перевёл на {CARD}")
    row = Indicator.objects.get(type="card")
    digits = CARD.replace(" ", "")
    assert digits not in row.value_key + row.shown
    assert row.shown.startswith("440043")
    assert row.shown.endswith("5679")
    assert seen_before(extract(digits)[0]).report_keys == ("r1",)


def test_the_same_report_told_twice_counts_once(unit: Unit) -> None:
    see(unit, "r1", "8 701 555 66 77")
    see(unit, "r1", "8 701 555 66 77 и ещё 8 702 111 22 33")
    assert Sighting.objects.count() == 2
    assert seen_before(extract("87015556677")[0]).reports == 1
    assert not seen_before(extract("87015556677")[0], besides="r1")


def test_only_different_people_who_can_be_reached_are_independent(unit: Unit) -> None:
    for key, reporter in [("r1", "a"), ("r2", "a"), ("r3", "b"), ("r4", "")]:
        see(unit, key, "8 701 555 66 77", reporter=reporter)
    row = row_of(extract("87015556677")[0])
    assert row is not None
    assert independent_reporters(row) == 2


def test_a_habit_shared_by_hundreds_stops_joining(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "COMMON", 3)
    for number in range(5):
        see(unit, f"r{number}", "8 701 555 66 77")
    assert shared_with("report", "r0") == []
    assert [row.shown for row in actions.hub_candidates()] == ["+77015556677"]


def test_a_hub_named_by_an_officer_falls_apart_and_a_rebuild_agrees(unit: Unit) -> None:
    see(unit, "r1", "8 701 555 66 77 @one_acc")
    see(unit, "r2", "8 701 555 66 77 @two_acc")
    see(unit, "r3", "@two_acc")
    row = row_of(extract("87015556677")[0])
    assert row is not None
    actions.mark_hub(indicator=row, by=BY)
    assert {shared.key for shared in shared_with("report", "r2")} == {"r3"}
    before = Series.objects.count()
    assert actions.rebuild_series() == before


def test_a_confirmation_names_who_confirmed(unit: Unit) -> None:
    see(unit, "r1", "8 701 555 66 77")
    row = Indicator.objects.get()
    actions.confirm_indicator(indicator=row, by=Actor("officer", "oper1", "О."))
    row.refresh_from_db()
    assert (row.confirmed_by, row.confirmed_at is not None) == ("oper1", True)
    actions.withdraw_confirmation(indicator=row, by=BY)
    row.refresh_from_db()
    assert row.confirmed_at is None
