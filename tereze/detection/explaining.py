"""One assessment in words for a person: what, where in the text, why, and the sum."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tereze.detection.assessment import Assessment, Outcome, Reason
from tereze.detection.scoring import calibration
from tereze.detection.skeleton import Span
from tereze.detection.terminal import one_line, printable
from tereze.indicators import Indicator


_OUTCOMES = {
    "illegal": ("Похоже на незаконный текст", "Заңсыз мәтінге ұқсайды"),
    "suspicious": ("Подозрительно: пусть посмотрит человек", "Күдікті: адам қарауы керек"),
    "incident_report": ("Рассказ о случившемся", "Болған оқиға туралы әңгіме"),
    "job_or_promo": ("Обычная вакансия или реклама", "Кәдімгі жұмыс не жарнама"),
    "warning_or_quotation": ("Предупреждение или цитата", "Ескерту не дәйексөз"),
    "harmless": ("Ничего подозрительного", "Күдікті ештеңе жоқ"),
}
_WORDS = {
    "p_illegal": (
        "вероятность, что сам текст незаконный (p_illegal)",
        "мәтіннің өзі заңсыз болу ықтималдығы (p_illegal)",
    ),
    "score": (
        "вероятность, что его должен посмотреть человек (score)",
        "оны адам қарауы керек болу ықтималдығы (score)",
    ),
    "why": ("Почему:", "Неге:"),
    "sum": ("Сумма, из которой получается p_illegal:", "p_illegal шығатын қосынды:"),
    "rarity": ("редкость таких текстов", "мұндай мәтіндердің сиректігі"),
    "reasons": ("причины", "себептер"),
    "very_words": (
        "вероятность мала, но слова те же, что в правиле: пусть посмотрит человек",
        "ықтималдығы аз, бірақ сөздері ережедегідей: адам қарағаны жөн",
    ),
    "capped": (
        "сам текст незаконным не назван, поэтому не выше 0,45",
        "мәтіннің өзі заңсыз деп аталмады, сондықтан 0,45-тен аспайды",
    ),
}
_FOUND = {
    "phone": ("телефон", "телефон"),
    "whatsapp": ("WhatsApp", "WhatsApp"),
    "card": ("карта", "карта"),
    "iban": ("счёт (IBAN)", "шот (IBAN)"),
    "iin": ("ИИН", "ЖСН"),
    "bin": ("БИН", "БСН"),
    "url": ("ссылка", "сілтеме"),
    "domain": ("сайт", "сайт"),
    "lookalike": ("поддельный сайт", "жалған сайт"),
    "email": ("почта", "пошта"),
    "telegram": ("Telegram", "Telegram"),
    "telegram_invite": ("приглашение Telegram", "Telegram шақыруы"),
    "instagram": ("Instagram", "Instagram"),
    "listing": ("объявление", "хабарландыру"),
    "btc": ("кошелёк Bitcoin", "Bitcoin әмияны"),
    "eth": ("кошелёк Ethereum", "Ethereum әмияны"),
    "trx": ("кошелёк Tron", "Tron әмияны"),
    "plate": ("госномер", "мемлекеттік нөмір"),
}
_BOLD, _RED, _GREEN, _DIM, _PLAIN = "\x1b[1m", "\x1b[1;31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"
_ROUNDED = 0.001  # what four decimals can be away
_SHOWN = 2_000  # characters of the text that are repeated


def explanation(text: str, assessment: Assessment, lang: str, *, colour: bool = False) -> str:
    """The assessment of ``text`` in words; ``lang`` is ``ru`` or ``kk``.

    The text is repeated with the words that speak in colour, or between ⟦ ⟧ without ``colour``.
    """
    from tereze.detection.typology import SCHEMES  # takes a third of the start of `scan`

    kazakh = lang == "kk"
    bad = assessment.outcome in {Outcome.ILLEGAL, Outcome.SUSPICIOUS}
    head = _OUTCOMES[assessment.outcome][kazakh]
    lines = [
        f"{_RED if bad else _BOLD}{head}{_PLAIN}" if colour else head,
        f"  {_WORDS['p_illegal'][kazakh]}: {assessment.p_illegal:.2f}",
        f"  {_WORDS['score'][kazakh]}: {assessment.score:.2f}",
        *(f"  {SCHEMES[s.slug].name[lang]}: {s.score:.2f}" for s in assessment.schemes[:3]),
    ]
    if any(reason.spans for reason in assessment.reasons):
        lines += ["", highlighted(text, assessment.reasons, colour=colour), ""]
    if assessment.reasons:
        lines.append(_WORDS["why"][kazakh])
    lines += [_in_words(reason, text, lang, colour=colour) for reason in assessment.reasons]
    lines += [_in_a_line(found, kazakh=kazakh) for found in assessment.indicators]
    return "\n".join([*lines, *workings(assessment, lang)])


def _in_words(reason: Reason, text: str, lang: str, *, colour: bool) -> str:
    spans = list(_outermost(reason.spans))[:3]
    quotes = ", ".join(f"«{one_line(text[start:end], 80)}»" for start, end in spans)
    weight = f"{reason.weight:+.2f}"
    if colour:
        weight = f"{_RED if reason.weight > 0 else _GREEN}{weight}{_PLAIN}"
    return f"  {weight}  {reason.text[lang]}" + (f": {quotes}" if quotes else "")


def _outermost(spans: Sequence[Span]) -> Iterator[Span]:
    """The spans that stand in no other: the same words are quoted once."""
    for start, end in spans:
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans):
            yield start, end


def _in_a_line(found: Indicator, *, kazakh: bool) -> str:
    imitated = f" ≠ {found.note}" if found.note else ""
    return printable(f"  {_FOUND[found.type][kazakh]}: {found.value}{imitated}")


def highlighted(text: str, reasons: tuple[Reason, ...], *, colour: bool) -> str:
    """The beginning of the text with what speaks for and against marked in it."""
    shown = printable(text[:_SHOWN])
    signs = [0] * len(shown)
    for reason in sorted(reasons, key=lambda reason: reason.weight):  # "for" lies above "against"
        for start, end in reason.spans:
            sign = 1 if reason.weight > 0 or not colour else -1  # brackets know no sides
            signs[start:end] = [sign] * len(signs[start:end])
    pieces = []
    for start, end, sign in _runs(signs):
        piece = shown[start:end]
        mark = {1: _RED, -1: _GREEN}.get(sign, "")
        if mark:
            piece = f"{mark}{piece}{_PLAIN}" if colour else f"⟦{piece}⟧"
        pieces.append(piece)
    return "".join(pieces) + ("…" if len(text) > _SHOWN else "")


def _runs(signs: list[int]) -> Iterator[tuple[int, int, int]]:
    start = 0
    for place in range(1, len(signs) + 1):
        if place == len(signs) or signs[place] != signs[start]:
            yield start, place, signs[start]
            start = place


def workings(assessment: Assessment, lang: str) -> list[str]:
    """The sum that gives ``p_illegal``, so that anybody can add it up again; see ``scoring``."""
    word = {name: pair[lang == "kk"] for name, pair in _WORDS.items()}
    bias = calibration().p_illegal.bias
    reasons = math.fsum(reason.weight for reason in assessment.reasons)
    addends = " ".join(f"{reason.weight:+.4f}" for reason in assessment.reasons)
    total = bias + reasons
    lines = [
        word["sum"],
        f"  {word['rarity']} {bias:.4f}",
        f"  {word['reasons']} {addends or '0'} = {reasons:+.4f}",
        f"  p_illegal = 1 / (1 + exp({-total:.4f})) → {assessment.p_illegal:.4f}",
    ]
    if assessment.p_illegal < 1 / (1 + math.exp(-total)) - _ROUNDED:
        lines.append(f"  {word['capped']}")
    if assessment.outcome is Outcome.SUSPICIOUS and total < calibration().flagged_from:
        lines.append(f"  {word['very_words']}")
    return lines
