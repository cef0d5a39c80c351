"""What the learned model sees of texts, and that its views can be added up by hand."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from tereze.detection.concepts import stems
from tereze.detection.features import LETTERS, Seen, features
from tereze.detection.letters import runs
from tereze.detection.model import FEWEST, bounded, default_model
from tereze.detection.skeleton import fold
from tests.unit.detection.test_assess import voices


def seen(text: str) -> Counter[int]:
    return Counter(features([fold(text).text]).bucket.tolist())


def shared(one: str, other: str) -> float:
    a, b = seen(one), seen(other)
    return (a & b).total() / min(a.total(), b.total())


def test_a_batch_sees_each_text_as_if_it_were_alone() -> None:
    texts = [fold(t).text for t in ("Куплю карту", "", "«Куплю» — карту", "код 1234", "!!!")]
    together = features(texts)
    for place, text in enumerate(texts):
        mine, alone = (together.owner == place).nonzero()[0], features([text])
        assert together.bucket[mine].tolist() == alone.bucket.tolist()
        assert [together.places[n] for n in mine] == alone.places


def test_russian_and_kazakh_share_concepts_and_nothing_else() -> None:
    assert shared("куплю карту", "картаны сатып аламын") > 0
    assert shared("погода тёплая", "саттық жүректен") == 0


def test_what_is_quoted_is_seen_as_quoted() -> None:
    own, quoted = seen("да куплю карту"), seen("да «куплю карту»")
    assert own.keys() < quoted.keys()
    assert seen('да "куплю карту"').keys() > own.keys()
    assert len(seen("«да» куплю карту")) < len(seen("да «куплю карту»"))


@pytest.mark.parametrize(
    "text", ["«куплю карту»", '"куплю карту', "„ куплю карту“", "“куплю карту”!"]
)
def test_what_is_quoted_whole_is_said(text: str) -> None:
    assert seen(text).keys() == seen("куплю карту").keys()


@pytest.mark.parametrize("sign", ["!", "?", "🔥", "💥"])
def test_repeating_a_sign_says_no_more(sign: str) -> None:
    assert seen(f"куплю карту{sign}") == seen(f"куплю карту{sign * 200}")


def test_words_without_gaps_still_mean_something() -> None:
    assert shared("немедленнопереведитепредоплату", "переведите предоплату") > 0


@pytest.mark.parametrize(
    "contact",
    ["8 701 555 12 34", "87015551234", "8 (701) 555-12-34", "+7 701 555 12 34", "[PHONE]",
     "@drop_kz", "@aigul777", "[USERNAME]", "4400 4301 1234 5678"],
)  # fmt: skip
def test_how_a_contact_is_written_says_nothing(contact: str) -> None:
    text = fold(f"кто найдёт ключи, пишите {contact} срочно").text
    other = fold("кто найдёт ключи, пишите 8 777 000 00 00 срочно").text
    assert features([text]).bucket.tolist() == features([other]).bucket.tolist()
    one, two = default_model().views([Seen(text), Seen(other)])
    assert (
        max(abs(a - b) for a, b in zip(one.outcomes, two.outcomes, strict=True)) < 0.7
    )  # only how much room it takes


def test_a_price_is_still_heard() -> None:
    assert seen("доход 20 000 в день") != seen("доход в день")


def test_an_empty_batch_is_no_fault() -> None:
    assert len(features([]).bucket) == 0
    assert len(features(["", " "]).bucket) == 0
    assert default_model().views([]) == []


def test_the_lexicon_knows_no_more_than_a_word_shows() -> None:
    assert all(0 < length <= LETTERS for length, _ in stems())


def test_a_view_is_the_sum_of_what_speaks() -> None:
    model = default_model()
    text = fold("Апай, картаңыздағы ақша ұрланып жатыр, кодты айтыңыз").text
    view, _ = model.views([Seen(text), Seen("другой текст")])
    for place, name in enumerate(model.outcomes):
        only = [float(n == place) for n in range(len(model.outcomes))]
        voices = model.voice(only).voices(view)
        total = sum(weight for weight, *_ in voices) + model.outcome_biases[place]
        assert view.outcomes[place] == pytest.approx(bounded(total)), name


def test_weights_added_up_in_one_number_are_those_of_each_feature() -> None:
    model = default_model()
    texts = [fold(voice.text).text for voice in voices()] + ["", "«" * 99, "сатамын " * 400]
    for text, view in zip(texts, model.views(list(map(Seen, texts))), strict=True):
        found = features([text])
        said = found.value @ model.outcome_weights[found.bucket] * model.outcome_scales
        said /= math.sqrt(max(FEWEST, len(found.bucket)))
        letters = runs([text])
        (start, end), *_ = letters.bounds
        bucket = letters.bucket[:, start:end].ravel()
        by_letters = model.letter_weights[bucket].sum(axis=0, dtype=int) * model.letter_scales
        said += by_letters / math.sqrt(max(FEWEST, len(bucket)))
        assert view.outcomes == pytest.approx(bounded(said + model.outcome_biases))
        assert len(view.seen) == len(found.bucket) == len(found.places)


def test_few_words_weigh_little() -> None:
    assert len(features([fold("код").text]).bucket) < FEWEST
