from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.forms import CharField, ChoiceField, Form, RadioSelect
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core import charts, marks, navigation, wording


NOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)  # 12:00 in the city


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tereze.core.wording.now", lambda: NOON)


def render(source: str, **context: Any) -> str:
    return Template("{% load tereze %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        ("ru", 20, "только что"),
        ("ru", 12 * 60 + 40, "12\xa0мин назад"),
        ("ru", 3 * 3600 + 50 * 60, "3\xa0ч назад"),
        ("kk", 12 * 60, "12\xa0мин бұрын"),
        ("en", 49 * 3600, "2\xa0d ago"),
    ],
)
def test_an_age_is_said_in_the_readers_language(language: str, seconds: int, said: str) -> None:
    with override(language):
        assert wording.age(NOON - timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("ru", "1250000", "1\xa0250\xa0000\xa0₸"),
        ("kk", 99.5, "99,50\xa0₸"),
        ("en", 1250000, "₸1,250,000"),
        ("ru", None, ""),
    ],
)
def test_money_is_written_as_the_reader_writes_it(language: str, amount: Any, written: str) -> None:
    with override(language):
        assert wording.money(amount) == written


def test_a_clock_turns_red_only_when_it_has_run_out() -> None:
    with override("ru"):
        running = render("{% clock at %}", at=NOON + timedelta(hours=3))
        near = render("{% clock at near=60 %}", at=NOON + timedelta(minutes=20))
        over = render("{% clock at %}", at=NOON - timedelta(minutes=5))
        done = render(
            "{% clock at done_at=done %}",
            at=NOON - timedelta(minutes=5),
            done=NOON - timedelta(minutes=9),
        )
    assert "осталось 3\xa0ч" in running
    assert "clock-near" in near
    assert "clock-over" in over
    assert "просрочено на 5\xa0мин" in over
    assert "clock-over" not in running + near + done
    assert "в срок" in done
    assert "data-deadline" not in done


def test_overlapping_marks_keep_the_text_whole() -> None:
    text = "Пришлите код из SMS"
    read = marks.read_marks([(0, 12, "rule", "просит код"), (9, 19, "rule", "из SMS")], len(text))
    pieces = marks.segments(text, read)
    assert "".join(piece.text for piece in pieces) == text
    assert [(piece.text, len(piece.marks)) for piece in pieces] == [
        ("Пришлите ", 1),
        ("код", 2),
        (" из SMS", 1),
    ]


@pytest.mark.parametrize("span", [(-5, 400), (7, 7), (300, 400), (9, 3)])
def test_spans_that_do_not_fit_do_no_harm(span: tuple[int, int]) -> None:
    shown = render(
        "{% highlight text spans notes=False %}", text="короткий", spans=[(*span, "rule", "x")]
    )
    assert "короткий" in shown.replace("</mark>", "").replace(
        '<mark class="mark-rule" title="x">', ""
    )


def test_hostile_text_stays_text_in_a_highlight() -> None:
    hostile = "<script>alert(1)</script>"
    shown = render(
        "{% highlight text spans %}",
        text=hostile + " и ещё",
        spans=[(3, 12, "rule", '"><img src=x>'), (0, 25, "indicator", hostile, "/a?b=1&c=2")],
    )
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;" in shown


def test_a_rule_is_seen_through_the_words_around_it() -> None:
    spans = [(0, 11, "rule", "скупка карт"), (6, 18, "ngram", "похожие слова")]
    shown = render(
        "{% highlight text spans notes=False %}", text="Куплю карту, оплата", spans=spans
    )
    assert shown.count('class="mark-rule"') == 2
    assert shown.count('class="mark-ngram"') == 1


def test_a_chart_starts_at_zero_and_has_a_table() -> None:
    bars = charts.bars([("OLX", 161, "/olx"), ("Kolesa.kz", 31), ("TikTok", 0)])
    assert [bar.width for bar in bars] == [100, 19.25, 0]
    points, ticks = charts.line([("1", 0), ("2", 7)])
    assert points[0].y == ticks[0]["y"] == charts.BOTTOM
    assert ticks[-1]["text"] == "8"
    shown = render("{% bar_chart 'Площадки' rows %}", rows=[("OLX", 161, "/olx")])
    assert shown.count("161") >= 2
    assert "<table" in shown


@pytest.mark.parametrize("rows", [[], [("одна", 5)], [("а", 0), ("б", 0)]])
def test_charts_bear_little_data(rows: list[tuple[str, int]]) -> None:
    assert "figure" in render("{% line_chart 'Недели' rows %}", rows=rows)
    assert "figure" in render("{% bar_chart 'Недели' rows %}", rows=rows)


class AskForm(Form):
    what = CharField(label="Что произошло", help_text="Своими словами")
    how = ChoiceField(label="Как", widget=RadioSelect, choices=[("call", "Звонок")])


def test_an_error_is_told_beside_the_field_and_in_the_summary() -> None:
    shown = render("{{ form }}", form=AskForm({}))
    assert 'href="#id_what"' in shown
    assert 'id="id_what_error"' in shown
    assert 'aria-describedby="id_what_helptext id_what_error"' in shown
    assert 'href="#id_how"' in shown
    assert 'id="id_how"' in shown
    assert "<fieldset" in shown


def test_no_two_entries_of_the_menu_share_a_key() -> None:
    keys = [entry.key for entry in navigation.ENTRIES if entry.key]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.django_db
def test_the_gallery_shows_itself_to_the_administrator_alone(
    client: Client, officer: Callable[[str], User]
) -> None:
    client.force_login(officer(Role.DISPATCHER))
    assert client.get("/gallery/").status_code == 403
    client.force_login(officer(Role.ADMINISTRATOR))
    for language in ("kk", "ru", "en"):
        client.cookies["tereze_language"] = language
        page = client.get("/gallery/").content.decode()
        assert f'<html lang="{language}"' in page
        assert "style=" not in page
        assert "onclick" not in page
