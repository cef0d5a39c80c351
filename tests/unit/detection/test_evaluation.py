"""Every figure of an evaluation, from assessments made for the purpose."""

from __future__ import annotations

from typing import Any

import pytest

from tereze.detection.assessment import Assessment, Outcome, SchemeScore
from tereze.detection.evaluation import Evaluation
from tereze.detection.evaluation_report import report


def said(outcome: str, p: float, score: float, *schemes: str) -> Assessment:
    named = tuple(SchemeScore(slug, 0.9 - n / 10) for n, slug in enumerate(schemes))
    return Assessment(Outcome(outcome), p, score, named, (), (), "ru", "test")


@pytest.fixture
def evaluation() -> Evaluation:
    made = Evaluation(worst=10)

    def add(assessment: Assessment, of: str = "", **fields: Any) -> None:
        made.add(assessment, "текст", fields, of)

    for n in range(8):
        chat = {"outcome": "illegal", "scheme": "pyramid", "lang": "kk", "genre": "chat"}
        add(said("illegal", 0.99, 0.9 + n / 100, "pyramid"), "a", **chat, form="plain")
    add(said("harmless", 0.01, 0.1), "a", outcome="illegal", scheme="pyramid", form="spaced")
    add(said("suspicious", 0.3, 0.6, "romance", "pyramid"), "b", label="bad", scheme="pyramid")
    add(
        said("incident_report", 0.1, 0.95, "pyramid"),
        "a",
        outcome="incident_report",
        scheme="pyramid",
    )
    add(said("suspicious", 0.2, 0.7), "a", outcome="suspicious", scheme="romance")
    for n in range(98):
        add(said("harmless", 0.01, n / 1000), "b", label="ok", set="chat")
    add(said("illegal", 0.95, 0.99), "b", outcome="warning_or_quotation", scheme="pyramid")
    add(said("suspicious", 0.4, 0.93), "b", outcome="job_or_promo")
    add(said("harmless", 0.01, 0.1), outcome="nonsense")
    return made


def test_the_headline(evaluation: Evaluation) -> None:
    found = evaluation.figures()
    assert found["unlabelled"] == 1
    assert found["recall"] == pytest.approx(10 / 11, abs=1e-5)
    assert found["false_alarms"] == pytest.approx(2 / 101, abs=1e-5)
    assert found["scheme_first"] == pytest.approx(9 / 12, abs=1e-5)
    assert found["scheme_among_three"] == pytest.approx(10 / 12, abs=1e-5)


def test_recall_where_few_calm_texts_are_found_as_well(evaluation: Evaluation) -> None:
    rows = {(row["by"], row["name"]): row for row in evaluation.figures()["ranking"]}
    whole = rows["all", ""]
    assert whole["calm"] == 100  # stories are no false alarm, whatever their score
    assert whole["score_above"] == 0.097
    assert whole["recall"] == 1.0
    assert whole["false_alarms"] == 0.02
    assert rows["lang", "kk"]["n"] == 8
    assert rows["form", "spaced"]["recall"] == 1.0
    strict = Evaluation(false_alarms=0.01, rows=evaluation.rows).figures()["ranking"][0]
    assert strict["score_above"] == 0.93
    assert strict["recall"] == pytest.approx(4 / 10)


def test_automatic_acts(evaluation: Evaluation) -> None:
    acts = evaluation.figures()["automatic"]
    assert acts["illegal"]["above"] == 8
    assert acts["illegal"]["n"] == 10
    assert (acts["harmless"]["above"], acts["harmless"]["n"]) == (1, 100)
    assert acts["harmless_per_10000"] == 100.0
    assert (acts["warnings"]["above"], acts["incident_reports"]["above"]) == (1, 0)
    low, high = acts["precision_interval"]
    assert low < acts["precision"] < high


def test_a_set_is_judged_at_the_limit_of_the_others(evaluation: Evaluation) -> None:
    rows = {row["name"]: row for row in evaluation.figures()["left_out"]}
    assert set(rows) == {"a", "b", "chat"}
    assert rows["a"]["recall"] == 1.0
    assert rows["chat"]["score_above"] == 0.99  # of two warnings in "b" none may be exceeded
    assert rows["chat"]["false_alarms"] == 0.0


def test_tables_by_scheme_and_outcome(evaluation: Evaluation) -> None:
    found = evaluation.figures()
    (pyramid, romance) = found["schemes"]
    assert (pyramid["scheme"], pyramid["n"], romance["n"]) == ("pyramid", 11, 1)
    assert found["confusion"]["illegal"] == {
        "illegal": 8, "suspicious": 0, "incident_report": 0, "job_or_promo": 0,
        "warning_or_quotation": 0, "harmless": 1,
    }  # fmt: skip
    groups = {(group["by"], group["name"]): group for group in found["groups"]}
    assert groups["genre", "chat bad"]["acted"] == 1.0
    assert groups["set", "chat ok"]["n"] == 98
    assert groups["outcome", "warning_or_quotation"]["flagged"] == 1.0


def test_the_report_shows_every_table_and_the_worst_errors(evaluation: Evaluation) -> None:
    text = report(evaluation.figures(), sorted(evaluation.errors, reverse=True))
    for shown in (
        "recall 90.91%", "illegal texts found by score above 0.0970", "100 per 10,000",
        "incident reports: 0 of 1", "pyramid", "label / said",
        "p_illegal: calibration error", "false alarm (1.94): warning_or_quotation → illegal",
        "missed (0.90): illegal → harmless", "not counted: 1",
    ):  # fmt: skip
        assert shown in text


def test_one_side_alone_is_told_as_far_as_it_goes() -> None:
    alone = Evaluation()
    alone.add(said("harmless", 0.01, 0.1), "текст", {"label": "ok"})
    figures = alone.figures()
    assert figures["recall"] is None
    assert figures["ece"] == {"p_illegal": None, "score": None}
    assert "false alarms 0.00%" in report(figures)
