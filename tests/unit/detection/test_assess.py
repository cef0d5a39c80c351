"""What residents and officers rely on: the outcome, and that the machine keeps its hands off."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from tereze.detection import Assessment, Document, Outcome, assess
from tereze.detection.typology import SCHEMES


VOICES = Path(__file__).parents[3] / "corpus" / "voices.tsv"


@dataclass(frozen=True)
class Voice:
    outcome: Outcome
    scheme: str
    text: str


def voices() -> list[Voice]:
    """Texts in many voices: outcome, scheme (or nothing) and text, one a line."""
    lines = VOICES.read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line)
    return [Voice(Outcome(outcome), scheme, text) for outcome, scheme, text in rows]


OFFERS = [
    "куплю карту, оплата сразу",
    "Куплю карту Kaspi, оплата сразу, пиши в лс",
    "КУПЛЮ КАРТУ!!! ОПЛАТА СРАЗУ!!!",
    "Скупаем банковские карты, платим сразу",
    "Kaspi картасын сатып аламын, ақшасын бірден беремін",
    "Каспи картасын сатып аламын, акшасын бирден беремин",
    "kuplyu kartu kaspi, oplata srazu",
]
DISGUISED = [
    "кyплю кaрту, оплaтa cрaзy",
    "к у п л ю  к а р т у, оплата сразу",
    "к.у.п.л.ю к.а.р.т.у, оплата сразу",
    "ку\u200bплю ка\u200bрту, оплата сразу",
    "к̶у̶п̶л̶ю̶ карту, оплата сразу",
    "купл\u044e\u044e\u044e\u044e каааарту, оплата сразу",
    "куплю к4рту, 0плата сразу",
    "𝐊уплю карту, оплата сразу",
    "куплю\nкарту\nоплата сразу",
    "ку-\nплю карту, оплата сразу",
]
NOT_OFFERS = [
    ("Полиция предупреждает: мошенники пишут «куплю карту, оплата сразу»", "warning_or_quotation"),
    ("Полиция ескертеді: «картаны сатып аламын» деген алаяқ", "warning_or_quotation"),
    ("Не ведитесь на «куплю карту, оплата сразу», это вербовка дропперов", "warning_or_quotation"),
    (
        "Мне написали «куплю карту, оплата сразу», я отказалась. Прошу принять меры",
        "incident_report",
    ),
    ("Куплю карту памяти на 64 гб, оплата сразу", "harmless"),
    ("Куплю картошку оптом, оплата сразу", "harmless"),
]


@pytest.mark.parametrize("text", OFFERS + DISGUISED)
def test_buying_cards_is_illegal_however_it_is_written(text: str) -> None:
    assessment = assess(text)
    assert assessment.outcome is Outcome.ILLEGAL
    assert assessment.p_illegal >= 0.8
    assert assessment.schemes[0].slug == "dropper_recruitment"


@pytest.mark.parametrize(("text", "outcome"), NOT_OFFERS)
def test_the_same_words_in_other_mouths_are_left_alone(text: str, outcome: str) -> None:
    assessment = assess(text)
    assert assessment.outcome == outcome
    assert assessment.p_illegal < 0.5


def test_a_warning_glued_to_an_offer_does_not_hide_it_from_people() -> None:
    text = (
        "Скупаем карты Kaspi, оплата сразу. Картаңды жалға бер, пайыз аласың. "
        "Нужны люди с картами под заливы, пиши в лс. Будьте бдительны!"
    )
    assert assess(text).outcome in {Outcome.ILLEGAL, Outcome.SUSPICIOUS}


def test_most_voices_are_understood() -> None:
    found: defaultdict[Outcome, list[bool]] = defaultdict(list)
    schemes = []
    for voice in voices():
        assessment = assess(voice.text)
        found[voice.outcome].append(_understood(voice.outcome, assessment))
        if voice.scheme and voice.outcome in {Outcome.ILLEGAL, Outcome.INCIDENT_REPORT}:
            schemes.append(voice.scheme in {s.slug for s in assessment.schemes[:3]})
    share = {outcome: sum(right) / len(right) for outcome, right in found.items()}
    assert share[Outcome.ILLEGAL] >= 0.85  # they are no longer what the engine was made from
    assert min(list(share.values())) >= 0.85
    assert sum(schemes) / len(schemes) >= 0.93


def _understood(wanted: Outcome, assessment: Assessment) -> bool:
    calm = {Outcome.HARMLESS, Outcome.JOB_OR_PROMO, Outcome.WARNING_OR_QUOTATION}
    if wanted in {Outcome.HARMLESS, Outcome.JOB_OR_PROMO}:
        return assessment.outcome in calm
    return assessment.outcome is wanted


@pytest.mark.parametrize(
    "voice",
    [v for v in voices() if v.outcome is not Outcome.ILLEGAL],
    ids=lambda voice: voice.text[:40],
)
def test_the_machine_never_touches_victims_warnings_and_honest_adverts(voice: Voice) -> None:
    assessment = assess(voice.text)
    assert assessment.outcome is not Outcome.ILLEGAL
    assert assessment.p_illegal < 0.5


@pytest.mark.parametrize("voice", voices(), ids=lambda voice: voice.text[:40])
def test_every_reason_points_into_the_text_and_speaks_both_languages(voice: Voice) -> None:
    for reason in assess(voice.text).reasons:
        assert reason.text["ru"]
        assert reason.text["kk"]
        for start, end in reason.spans:
            assert 0 <= start < end <= len(voice.text)
            assert voice.text[start:end].strip()


def test_spans_show_the_disguised_words_themselves() -> None:
    text = "Срочно! к у п л ю  к а р т у, оплата сразу"
    reason = next(r for r in assess(text).reasons if r.name == "dropper_recruitment.buys_cards")
    assert any(text[a:b] == "к у п л ю  к а р т у" for a, b in reason.spans)


def test_every_typical_phrase_of_the_typology_finds_its_scheme() -> None:
    missed = []
    for scheme in SCHEMES.values():
        for lang, phrases in scheme.signals.items():
            for phrase in phrases:
                slugs = {s.slug for s in assess(phrase).schemes}
                if scheme.slug not in slugs:
                    missed.append(f"{scheme.slug} {lang}: {phrase}")
    assert missed == []


def test_an_assessment_survives_json() -> None:
    assessment = assess("Куплю карту Kaspi, оплата сразу, звони +7 701 123 45 67, kaspi-id.top")
    copy = Assessment.from_json(json.loads(json.dumps(assessment.to_json())))
    assert copy == assessment
    assert {i.type for i in copy.indicators} >= {"phone", "lookalike"}


def test_a_quotation_weighs_less_than_own_words() -> None:
    offer = "куплю карту, оплата сразу"
    assert assess(Document("что это значит?", quoted=offer)).outcome is not Outcome.ILLEGAL
    assert assess(Document("", caption=offer)).outcome is Outcome.ILLEGAL
    assert assess(Document("смотрите фото", caption=offer)).outcome is Outcome.ILLEGAL


@pytest.mark.parametrize("part", ["caption", "transcript", "ocr"])
def test_what_the_author_shows_or_says_counts_as_their_own(part: str) -> None:
    offer = "куплю карту, оплата сразу"
    alone = assess(Document("", **{part: offer}))
    assert alone == assess(offer)  # spans refer to the only part there is
    beside = assess(Document("смотрите", **{part: offer}))
    # what a machine read from a picture weighs a little less
    assert beside.outcome is Outcome.ILLEGAL or (part, beside.outcome) == (
        "ocr",
        Outcome.SUSPICIOUS,
    )
    assert beside.schemes[0].slug == "dropper_recruitment"
    rules = [reason for reason in beside.reasons if reason.kind == "rule"]
    assert not any(reason.spans for reason in rules)
    assert all("(" in reason.text["ru"] for reason in rules)


def test_the_text_comes_before_what_is_read_in_its_picture() -> None:
    document = Document("", caption="тепло", transcript="тихо", ocr="светло")
    assert (document.own_part, document.own) == ("caption", "тепло")
    assert Document("да", caption="тепло").own_part == "text"
    assert Document("").own == ""


@pytest.mark.parametrize("part", ["caption", "transcript", "ocr"])
@pytest.mark.parametrize("blank", [" ", "\n\t", "\u00a0\u200b", "\u2800\u3164"])
def test_a_text_of_blanks_hides_no_other_part(blank: str, part: str) -> None:
    offer = "куплю карту, оплата сразу"
    document = Document(blank, **{part: offer})
    assert (document.own_part, document.own, document.beside) == (part, offer, "")
    assert Document(offer, **{part: blank}).beside == ""
    assert assess(document) == assess(offer)
    assert Document(blank).own == blank


EARLIER = ("Скупаем банковские карты, платим сразу",) * 20


@pytest.mark.parametrize("text", ["Сегодня тепло и солнечно", "Нужны грузчики на завтра"])
def test_what_the_author_wrote_before_draws_the_eye_and_moves_no_machine(text: str) -> None:
    before, after = assess(text), assess(Document(text, earlier=EARLIER))
    assert after.outcome is before.outcome
    assert after.score > before.score
    assert before.p_illegal < after.p_illegal < 0.2


def test_an_earlier_warning_excuses_no_offer() -> None:
    offer = "Куплю карту, оплата сразу"
    warned = Document(offer, earlier=("Полиция предупреждает: мошенники скупают карты",))
    assert assess(warned).p_illegal >= assess(offer).p_illegal


def test_an_official_source_is_never_illegal() -> None:
    offer = "Куплю карту, оплата сразу"
    for text in (offer, f"{offer}, пишите @karta555"):
        document = Document(text, context={"source": "police"})
        assert assess(document).p_illegal < 0.5


@pytest.mark.parametrize(
    "words",
    [
        "Мошенники!!!", "алаяқтар!", "видали? совсем обнаглели", "бұл рас па?", "админ, удалите",
        "у нас в подъезде висит, сорвите если увидите", "абайлаңыздар, мұндай алаяқтар бар",
        "осындай жарнамаға қайда шағымданамыз?", "кому интересно",
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["text", "caption"])
def test_an_advert_in_a_neighbours_picture_moves_no_machine(words: str, part: str) -> None:
    advert = "Вам положена выплата 85 000 тг, оформите: egov-tolem.site, введите карту"
    shown = assess(Document(**{"text": "", part: words}, ocr=advert))
    assert shown.outcome is not Outcome.ILLEGAL
    assert shown.p_illegal < 0.5
    assert assess(Document("", ocr=advert)).outcome is Outcome.ILLEGAL
    assert assess(Document("Куплю карту, оплата сразу", ocr=advert)).outcome is Outcome.ILLEGAL


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Куплю карту, оплата сразу, пишите мне", "ru"),
        ("Картаңызды сатып аламын, ақшасын бірден беремін", "kk"),
        ("Сәлем, срочно керек карта, кімде бар, пишите в личку, оплата сразу қолма-қол", "mixed"),
        ("Please send me your card number", "en"),
        ("12345", "und"),
        ("", "und"),
    ],
)
def test_the_language_is_named(text: str, lang: str) -> None:
    assert assess(text).lang == lang


def test_a_long_page_with_an_offer_at_its_end_is_read() -> None:
    page = "Сегодня в городе тепло, ветер слабый. " * 600
    assessment = assess(page + "Куплю карту, оплата сразу.")
    assert assessment.outcome is Outcome.ILLEGAL
    start, end = assessment.reasons[0].spans[0]
    assert (page + "Куплю карту, оплата сразу.")[start:end] == "Куплю карту"


def test_what_is_beyond_the_limit_is_not_read_and_that_is_said() -> None:
    assessment = assess("тепло " * 20_000)
    assert assessment.reasons[-1].name == "only_the_beginning_was_read"


@pytest.mark.parametrize(
    "text",
    [
        "Скинь номер карты, переведу долг",
        "Скиньте номер карты, кину за обед",
        "Номер карты скинь пожалуйста",
        "Картаңның нөмірін жіберші, ақшаңды салайын",
        "Кто может занять 5000 до зарплаты? Верну в пятницу",
        "Скупка аккумуляторов, самовывоз, оплата сразу на карту",
        "Отправила тебе код от домофона, 45К1234, заходи",
        "Грузоперевозки межгород, Газель, 40 000 тг. Оплата на Kaspi после выгрузки",
        "Переведи маме 20 тысяч, я вечером отдам наличкой",
    ],
)
def test_everyday_requests_are_never_called_illegal(text: str) -> None:
    assert assess(text).p_illegal < 0.5


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("Продавец просит предоплату за велосипед, можно ли доверять?", "ad_prepayment"),
        ("Просят скачать AnyDesk", "remote_access"),
        ("Хозяин квартиры просит залог до просмотра", "rent_deposit"),
        ("Пәтер иесі көрмей тұрып кепілақы сұрап жатыр", "rent_deposit"),
        ("Из банка звонят, сообщают про подозрительный перевод", "bank_security_call"),
        ("Банктен деп қоңырау шалып тұр, картаңыз бұғатталды дейді", "bank_security_call"),
        ("Суды тексереміз деп, смс кодты сұрайды, есептегіш дейді", "telecom_meter_code"),
        ("Просят дать карту на один день, обещают 20 тысяч", "dropper_recruitment"),
        ("Менің атыма микрокредит рәсімдепті, мен білмеймін", "loan_in_victims_name"),
    ],
)
def test_who_asks_about_a_call_that_goes_on_is_heard(text: str, scheme: str) -> None:
    """Nothing has happened yet, so nobody speaks of a loss: what others want of them is told."""
    found = assess(text)
    assert (found.outcome, found.schemes[0].slug) == (Outcome.INCIDENT_REPORT, scheme)


def test_words_that_no_rule_knows_are_heard() -> None:
    found = assess("Есть свободный каспи? На сутки, без риска, тебе 15 тысяч")
    assert {reason.kind for reason in found.reasons} == {"ngram"}
    assert found.outcome in {Outcome.ILLEGAL, Outcome.SUSPICIOUS}


OFFER = "куплю карту, оплата сразу"
TALK = "Сегодня на рынке была хорошая погода, и мы купили яблоки у бабушки"


@pytest.mark.parametrize(
    "text",
    [f"{TALK}. {OFFER}", f"{OFFER}. {TALK}.", f"{TALK}. {OFFER}. {TALK}.", f"{'.' * 100}{OFFER}"],
)
def test_small_talk_around_an_offer_does_not_hide_it_from_people(text: str) -> None:
    found = assess(text)
    assert found.outcome in {Outcome.ILLEGAL, Outcome.SUSPICIOUS}
    assert found.schemes[0].slug == "dropper_recruitment"
    shown = {
        text[a:b] for reason in found.reasons if reason.kind == "rule" for a, b in reason.spans
    }
    assert "куплю карту" in shown  # the places are those of the whole text


def test_blanks_around_an_offer_change_nothing() -> None:
    assert assess("\n" * 3000 + OFFER + " " * 500).p_illegal == assess(OFFER).p_illegal


@pytest.mark.parametrize(
    "text",
    [
        "🎉 " * 80, "🎉" * 80, "🌹 🎂 " * 30, "﷽ " * 40, "﷽" * 40, "+ " * 50, "! " * 60, "– " * 60,
        "ха " * 60, "Поздравляю " * 30, "С днём рождения! " * 20, "Құттықтаймын " * 25, "Рахмет " * 50,
        "ура! " * 30, "да " * 100, "ок " * 100, "тест " * 40, "1 " * 100, "пишите " * 30, "срочно " * 30,
        "آمين " * 20, "السلام عليكم ورحمة الله وبركاته", "Ich komme morgen nach Hause", "你好" * 20,
        "<script>alert(1)</script> 😀" * 50, "SELECT * FROM users; DROP TABLE reports", "asdf qwer " * 20,
        "\u202e\0<script>alert(1)</script> 😀" * 50 + " ﷽" * 200,
    ],
)  # fmt: skip
def test_echo_and_rubbish_are_nothing(text: str) -> None:
    assert assess(text).outcome in {Outcome.HARMLESS, Outcome.JOB_OR_PROMO}


def test_an_offer_said_again_and_again_is_still_one() -> None:
    assert assess(f"{OFFER} " * 20).p_illegal == assess(OFFER).p_illegal


@pytest.mark.parametrize(
    "text",
    [f'"{OFFER}', f"«{OFFER}»", f"“{OFFER}”", f"<b>{OFFER}</b>", f"<script>alert(1)</script> {OFFER}",
     f'"><img src=x onerror=alert(1)> {OFFER}', f"> {OFFER}", f"* {OFFER}"],
)  # fmt: skip
def test_marks_around_an_offer_hide_nothing(text: str) -> None:
    assert assess(text).outcome is Outcome.ILLEGAL


def test_a_sentence_out_of_a_warning_is_no_offer() -> None:
    text = f"Осторожно, мошенники! Они пишут: {OFFER}. Не отвечайте им и сообщите в полицию."
    assert assess(text).outcome is Outcome.WARNING_OR_QUOTATION


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("https://kaspi-pay.top/login", "und"),
        ("@kaspi_help", "und"),
        ("t.me/name 87012345678", "und"),
        ("pay@kaspi-bank.top", "und"),
        ("مرحبا", "und"),
        ("Click here https://kaspi-pay.top", "en"),
        ("жаз t.me/rabota_kerek", "ru"),
        ("karta kerek, aqsha beremin kaspi-pay.top", "kk"),
    ],
)
def test_addresses_are_in_no_language(text: str, lang: str) -> None:
    assert assess(text).lang == lang
