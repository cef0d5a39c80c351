"""The statistics behind the figures, against numbers known from elsewhere."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tereze.detection.calibration_plot import calibration_svg
from tereze.detection.measures import (
    Share,
    above,
    calibration_bins,
    calibration_error,
    precision,
    threshold_for,
    wilson,
)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_no_more_than_the_allowed_share_exceeds_the_threshold() -> None:
    calm = [n / 100 for n in range(100)]
    assert above(calm, threshold_for(calm, 0.02)) == Share(2, 100)
    assert above(calm, threshold_for(calm, 0.0)) == Share(0, 100)
    assert above(calm, threshold_for(calm, 1.0)) == Share(100, 100)
    ties = [0.5] * 10 + [0.9] * 3
    assert above(ties, threshold_for(ties, 0.1)) == Share(0, 13)
    assert above([0.0], threshold_for([], 0.02)) == Share(1, 1)


def test_precision_at_the_base_rate() -> None:
    value, low, high = precision(Share(50, 100), Share(1, 1000))
    assert value == pytest.approx(0.01 * 0.5 / (0.01 * 0.5 + 0.99 * 0.001))
    assert low < value < high
    value, low, high = precision(Share(50, 100), Share(0, 1000))
    assert (value, high) == (1.0, 1.0)
    assert low < 0.6  # a thousand harmless texts say little about one in ten thousand


def test_honest_probabilities_have_no_error_at_their_base_rate() -> None:
    judged = [(0.01, False)] * 990 + [(0.01, True)] * 10
    (part,) = calibration_bins(judged)
    assert (part.said, part.seen, part.n) == (pytest.approx(0.01), pytest.approx(0.01), 1000)
    assert calibration_error([part]) == pytest.approx(0.0)


def test_positives_that_are_too_many_are_weighed_down() -> None:
    judged = [(0.0, False)] * 50 + [(1.0, False)] * 50 + [(1.0, True)] * 100
    never, always = calibration_bins(judged)
    assert never.seen == 0.0
    assert always.seen == pytest.approx(0.01 / (0.01 + 0.99 / 2))
    assert calibration_error([never, always]) == pytest.approx(0.99 / 2)


@pytest.mark.parametrize("judged", [[], [(0.5, True)], [(0.5, False)] * 3])
def test_one_side_alone_tells_nothing(judged: list[tuple[float, bool]]) -> None:
    assert calibration_bins(judged) == []


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_the_drawing_is_svg_in_the_readers_language(lang: str) -> None:
    bins = calibration_bins([(n / 100, n % 3 == 0) for n in range(100)])
    drawing = calibration_svg({"p_illegal": bins, "score": []}, lang)
    root = ET.fromstring(drawing)  # noqa: S314 - our own
    circles = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len(bins) + 2
    assert root.get("lang") == lang
    assert "prefers-color-scheme: dark" in drawing
