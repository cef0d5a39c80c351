"""How partners say what they did, in three languages: in a reply, or in a column of a file.

A word counts only where it says one thing. «Не удалено», «удалено частично», «удалено?» are for a
person to read.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext, override

from tereze.disruption.kinds import Kind
from tereze.disruption.models.request import Answer, Refusal


ACKNOWLEDGED = "acknowledged"
LANGUAGES = ("ru", "kk", "en")
SAID: dict[str, tuple[str, ...]] = {
    Answer.DONE: (
        "удалено", "удалена", "удален", "удалили", "удалил", "снято", "снята", "снят",
        "объявление удалено", "объявление снято", "публикация удалена", "сообщение удалено",
        "исполнено", "выполнено", "сделано", "готово", "заблокировано", "объявление заблокировано",
        "данные сохранены", "сохранено", "деньги удержаны", "удержано", "данные предоставлены",
        "доступ ограничен", "возвращено", "номер приостановлен",
        "жойылды", "жойдық", "хабарландыру жойылды", "орындалды", "алынып тасталды", "бұғатталды",
        "деректер сақталды", "сақталды", "ақша ұсталды", "ұсталды", "деректер берілді",
        "қолжетімділік шектелді", "қайтарылды", "жазба жойылды",
        "removed", "deleted", "done", "taken down", "listing removed", "blocked", "completed",
        "data preserved", "money held", "held", "data provided", "restored",
    ),
    Answer.ACCOUNT_CLOSED: (
        "аккаунт закрыт", "аккаунт заблокирован", "аккаунт удален", "закрыт", "закрыто",
        "аккаунт жабылды", "аккаунт бұғатталды", "жабылды",
        "account closed", "account blocked", "account suspended", "closed",
    ),
    Answer.ALREADY_GONE: (
        "уже удалено", "уже не было", "уже нет", "уже снято", "удалено ранее", "снято ранее",
        "бұрын жойылған", "бұрын жойылды", "қазірдің өзінде жоқ", "болмаған",
        "already gone", "already removed", "already deleted", "was already gone",
    ),
    Answer.REFUSED: (
        "отказ", "отказано", "отказываем", "отклонено", "отклонен", "не удаляем",
        "бас тарту", "бас тартылды", "бас тартамыз", "қабылданбады",
        "refused", "declined", "rejected", "refusal",
    ),
    Answer.NEED_MORE: (
        "вопрос", "нужны сведения", "нужна информация", "уточните", "нужны данные",
        "сұрақ", "мәлімет керек", "қосымша мәлімет керек", "нақтылаңыз",
        "question", "need more", "need more information", "more information needed",
    ),
    ACKNOWLEDGED: (
        "принято", "принято в работу", "получено", "в работе", "взято в работу",
        "қабылданды", "жұмысқа алынды", "алынды",
        "acknowledged", "received", "accepted", "in progress",
    ),
}  # fmt: skip
# in letters: what stands first in each list of a language
OFFERED: dict[str, dict[str, str]] = {
    "ru": {"already": "уже удалено", "refused": "отказ: причина", "more": "вопрос: текст",
           "ack": "принято", "done": "исполнено"},
    "kk": {"already": "бұрын жойылған", "refused": "бас тарту: себебі", "more": "сұрақ: мәтіні",
           "ack": "қабылданды", "done": "орындалды"},
    "en": {"already": "already gone", "refused": "refused: reason", "more": "question: text",
           "ack": "acknowledged", "done": "done"},
}  # fmt: skip
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
LONGEST = 60  # letters of an answer's words


def normal(text: str) -> str:
    """Lower case, ё as е, only words: what is compared."""
    return " ".join(WORD.findall(text.casefold().replace("ё", "е")[: 4 * LONGEST]))


BY_WORDS = {normal(words): answer for answer, said in SAID.items() for words in said}


def meaning(text: str) -> str:
    """The answer these words give, or nothing: «Удалено.» → done, «удалено?» → nothing."""
    if "?" in text or len(text) > LONGEST:
        return ""
    return BY_WORDS.get(normal(text), "")


def labelled(text: str, choices: Iterable[tuple[str, Any]]) -> str:
    """The choice whose value, or name in any language, this is."""
    wanted = normal(text)
    if not wanted:
        return ""
    for value, label in choices:
        if wanted in {normal(value), value.casefold()} or wanted in names_of(label):
            return value
    return ""


def names_of(label: Any) -> set[str]:
    found = set()
    for language in LANGUAGES:
        with override(language):
            found.add(normal(str(label)))
    return found


def answer_in(text: str, kind: Kind) -> str:
    """For a cell of a file, or a line of a letter."""
    if "?" in text:
        return ""
    return meaning(text) or labelled(text, [*Answer.choices, (Answer.DONE.value, kind.done)])


def refusal_in(text: str) -> str:
    return labelled(text, Refusal.choices)


def words_for(kind: Kind, language: str) -> list[str]:
    """What a reply may begin with."""
    offered = OFFERED.get(language, OFFERED["ru"])
    done = gettext(str(kind.done))
    first = done if meaning(done) == Answer.DONE else offered["done"]
    shown = [first, offered["already"]] if kind.looked_at else [first]
    return [*shown, offered["refused"], offered["more"], offered["ack"]]
