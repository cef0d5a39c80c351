"""What the check page says, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tereze.detection import Reason
from tereze.detection.typology import FOUR_RULES, SCHEMES
from tereze.prevention.checking import Answer, Band, Checked, Finding, Verdict


@dataclass(frozen=True)
class Said:
    finding: Finding
    text: str
    tone: str
    may_correct: bool


def language_of(language: str | None) -> str:
    return language if language in ("kk", "en") else "ru"


def four_rules(language: str | None) -> list[str]:
    return [rule[language_of(language)] for rule in FOUR_RULES]


def reason_text(reason: Reason, language: str | None) -> str:
    """Rules explain themselves in Russian and Kazakh; a reader of English gets the Russian words."""
    return reason.text.get(language_of(language)) or reason.text["ru"]


def scheme_name(slug: str, language: str | None) -> str:
    return SCHEMES[slug].name[language_of(language)] if slug in SCHEMES else slug


def headline(checked: Checked, language: str | None) -> str:
    scheme = scheme_name(checked.scheme, language)
    if checked.answer == Answer.SCHEME:
        return _("Похоже на мошенничество: %(scheme)s") % {"scheme": scheme}
    return {
        Answer.KNOWN: _("Это нам известно. Скорее всего, это мошенники."),
        Answer.LOOKALIKE: _("Это поддельный адрес"),
        Answer.DOUBT: _("Есть признаки обмана, хотя схему мы не узнали"),
        Answer.STORY: _("Если вас обманули или пытались, сообщите нам"),
        Answer.WARNING: _("Похоже на предупреждение о мошенниках, а не на обман"),
        Answer.IMITATED: _("Этот номер мог быть подменён"),
        Answer.OFFICIAL: _("Номер или адрес настоящий, но за ним могут прятаться мошенники"),
        Answer.PERSONAL: _("Это личные данные, их мы не проверяем"),
        Answer.NOTHING: _("Нам об этом ничего не известно. Это не гарантия."),
    }[checked.answer]


def tone(answer: Answer) -> str:
    if answer in (Answer.KNOWN, Answer.LOOKALIKE, Answer.SCHEME):
        return "strong"
    return "attention" if answer in (Answer.DOUBT, Answer.IMITATED, Answer.OFFICIAL) else "active"


def lead(checked: Checked) -> str:
    if checked.answer in (Answer.KNOWN, Answer.LOOKALIKE, Answer.SCHEME):
        return _("Прекратите разговор. Ничего не переводите и не сообщайте.")
    if checked.answer == Answer.DOUBT:
        return _("Не платите и ничего не сообщайте, пока не проверите сами.")
    if checked.answer == Answer.STORY:
        return _(
            "Схему мы не узнали, но рассказ пригодится. Если деньги ушли, сначала звоните в банк."
        )
    if checked.answer == Answer.OFFICIAL:
        return _("Если вам звонят с него – положите трубку и позвоните туда сами.")
    if checked.answer == Answer.IMITATED:
        return _("Положите трубку и перезвоните сами по номеру, который знаете.")
    if checked.answer == Answer.PERSONAL:
        return _("Никому не сообщайте ИИН и данные карты.")
    if checked.answer == Answer.WARNING:
        return _("Так пишут полиция и банки. Проверьте, что источник настоящий.")
    return _("Мошенники часто меняют номера и адреса. Если вас торопят – не спешите и проверьте.")


def said(findings: Iterable[Finding]) -> list[Said]:
    return [
        Said(
            finding,
            finding_text(finding),
            {Verdict.KNOWN: "strong", Verdict.LOOKALIKE: "strong"}.get(
                finding.verdict, "plain" if finding.verdict == Verdict.NOTHING else "attention"
            ),
            finding.verdict in (Verdict.KNOWN, Verdict.IMITATED),
        )
        for finding in findings
    ]


def finding_text(finding: Finding) -> str:
    is_phone = finding.type in ("phone", "whatsapp")
    if finding.verdict == Verdict.KNOWN:
        return known_text(finding.band)
    if finding.verdict == Verdict.LOOKALIKE:
        return _("Подделка под %(site)s. Не вводите там ничего.") % {"site": finding.imitates}
    if finding.verdict == Verdict.IMITATED:
        return _(
            "О нём сообщали, но этот номер мог быть подменён: его владелец может ничего не знать."
        )
    if finding.verdict == Verdict.PERSONAL:
        return _("Личные данные. Мы их не проверяем и не храним.")
    if finding.verdict == Verdict.OFFICIAL and is_phone:
        return _(
            "Это настоящий номер банка, полиции или службы. Но мошенники умеют его подделывать: "
            "положите трубку и наберите его сами."
        )
    if finding.verdict == Verdict.OFFICIAL:
        return _("Это настоящий адрес. Набирайте его сами и не входите по ссылкам из сообщений.")
    if is_phone:
        return _("Нам ничего не известно. Помните: номер на экране можно подделать.")
    return _("Нам ничего не известно. Это не гарантия.")


def known_text(band: Band) -> str:
    return {
        Band.CONFIRMED: _("Известно полиции: этим пользовались мошенники."),
        Band.HUNDREDS: _("О нём независимо сообщили больше ста человек."),
        Band.TENS: _("О нём независимо сообщили больше десяти человек."),
        Band.SEVERAL: _("О нём независимо сообщили несколько человек."),
    }[band]
