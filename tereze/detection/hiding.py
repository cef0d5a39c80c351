"""Hide who is meant in a text that is shown as an example: contacts, long numbers, names.

Every character hidden is replaced by one dot, so positions stay. What is hidden too much costs a
reader little, what is shown too much cannot be taken back: a capitalised word inside a sentence is
taken for a name unless it is a service, a town or an abbreviation.
"""

from __future__ import annotations

import re

from tereze.indicators import extract


DOT = "•"
_PRIVATE = frozenset(
    [
        *("phone", "whatsapp", "card", "iban", "iin", "email", "telegram", "telegram_invite"),
        *("instagram", "plate", "btc", "eth", "trx"),
    ]
)
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\d[ \u00a0.()-]{0,2}){5,}\d(?!\d)")
_SUM = re.compile(
    r"[1-9]\d{0,2}(?:[ \u00a0.]\d{3})*[ \u00a0.]000|[1-9]\d{0,3}00+"
)  # of money: tells no person
_INSIDE = re.compile(r"(?<=[^.!?…\n:\s«\"(])([ \t]+[«\"(]?)([А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]+)")
_FATHER = re.compile(
    r"\b[А-ЯЁӘҒҚҢӨҰҮҺІ]\w*(?:ович|евич|овн|евн|ичн|[ұу]лы|[қк]ызы)\w{0,3}\b"
    r"|\b[А-ЯЁӘҒҚҢӨҰҮҺІ]\w+\s+[А-ЯЁӘҒҚҢӨҰҮҺІ]\.(?:\s?[А-ЯЁӘҒҚҢӨҰҮҺІ]\.)?"
    r"|\b(?:[А-ЯЁӘҒҚҢӨҰҮҺІ]\.\s?){1,2}[А-ЯЁӘҒҚҢӨҰҮҺІ]\w+"
    r"|\b[А-ЯЁӘҒҚҢӨҰҮҺІ]\w{3,}[ое]в(?:[ауы]|ой|а[гғ]а|аны[нң])\b"
)
_CALLED = re.compile(
    r"(\b(?:зовут|по имени|представил\w*(?:\s+как)?|на имя|есімі|аты|атым)\s+)"
    r"(?!к[ао]к\b|кто\b|ким\b|что\b)([^\W\d_]{3,})",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"(?:каспи|халык|халық|отбасы|жусан|фридом|береке|хоум|форте|евразийск|казпочт|қазпошта|"
    r"казахтелеком|қазақтелеком|билайн|алтел|теле|актив|кселл|егов|олх|крыш|кол[её]с|ватсап|"
    r"вотсап|телеграм|инстаграм|тикток|фейсбук|яндекс|гугл|индрайв|вайлдберриз|озон|казахстан|"
    r"қазақстан|алмат|астан|шымкент|россия|росси|полици|прокуратур|акимат|әкімдік|кск|оси)\w*",
    re.IGNORECASE,
)
# First names common in Kazakhstan that are no other word, without their last vowel.
_NAMES = """
айбек айгуль айгүл айгерим айгерім айдан айдос айжан айнур айнұр айсұлу айсулу акмарал ақмарал
александр алексе алиа алибек әлия алтынай амангельд анар андре анастаси анатоли антон арайлым
арман арсен асел әсел аскар асқар асхат бақыт бакытжан бауыржан бекзат бибигул ботагоз валентин
валери василий виктор виталий владимир владислав гаух гульмир гульнар гүлнар данияр дарига
дархан дастан дмитри динар досбол евгени екатерин елен ербол ерболат ерлан ержан жадыр жанар
жанат жандос жания жанибек жанна жасулан зауреш ибрагим игорь илья ирин кайрат қайрат камил
карлыгаш ксени куаныш қуаныш куралай кымбат лариса лаура людмил мадин мадия максат максим малик
мансур марал маргарит марин мариям мария медет мейрам мереке михаил мурат мұрат назгуль назым
натали николай нурбол нұрбол нурболат нургуль нұргүл нурлан нұрлан нуржан нұржан оксан олег ольг
павел рамазан рауан рахим ринат руслан рустам сабин салтанат самат сандугаш санжар сауле сәуле
серге серик серік станислав татьян тимур тимофей толеген төлеген ұлан улан ульян ұлжан шолпан
эльмир эльвир юлия юрий яна
"""
_FIRST = re.compile(
    rf"\b(?:{'|'.join(_NAMES.split())})(?:[аяеыиуюйоіңғ]\w{{0,3}})?\b", re.IGNORECASE
)


def hide_people(text: str) -> str:
    """``text`` with contacts, long numbers and names dotted out; as long as it was. Never fails.

    >>> hide_people("Звонила Айгуль с +7 701 555 66 77")
    'Звонила •••••• с •• ••• ••• •• ••'
    """
    spans = [found.span for found in extract(text) if found.type in _PRIVATE]
    spans += [m.span() for m in _LONG_NUMBER.finditer(text) if not _SUM.fullmatch(m.group())]
    spans += [m.span(2) for m in _INSIDE.finditer(text) if not _PUBLIC.fullmatch(m.group(2))]
    spans += [m.span(2) for m in _CALLED.finditer(text) if not _PUBLIC.fullmatch(m.group(2))]
    spans += [m.span() for pattern in (_FATHER, _FIRST) for m in pattern.finditer(text)]
    letters = list(text)
    for start, end in spans:
        letters[start:end] = [c if c.isspace() else DOT for c in letters[start:end]]
    return "".join(letters)
