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
REMOVED = "removed"  # done, of what stands on a page
LANGUAGES = ("ru", "kk", "en")
SAID: dict[str, tuple[str, ...]] = {
    # any kind of request; what a kind itself calls done stands in `kinds.py`
    Answer.DONE: (
        "исполнено", "выполнено", "сделано", "готово",
        "орындалды", "жасалды", "done", "completed",
    ),
    # only where something stands on a page
    REMOVED: (
        "удалено", "удалена", "удален", "удалили", "удалил", "снято", "снята", "снят",
        "объявление удалено", "объявление снято", "публикация удалена", "сообщение удалено",
        "заблокировано", "объявление заблокировано",
        "жойылды", "жойдық", "хабарландыру жойылды", "жазба жойылды", "алынып тасталды",
        "бұғатталды", "removed", "deleted", "taken down", "listing removed", "blocked",
    ),
    Answer.ACCOUNT_CLOSED: (
        "аккаунт закрыт", "аккаунт заблокирован", "аккаунт удален",
        "аккаунт жабылды", "аккаунт бұғатталды",
        "account closed", "account blocked", "account suspended",
    ),
    Answer.ALREADY_GONE: (
        "уже удалено", "уже не было", "уже нет", "уже снято", "удалено ранее", "снято ранее",
        "бұрын жойылған", "бұрын жойылды", "қазірдің өзінде жоқ",
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
        "қабылданды", "жұмысқа алынды",
        "acknowledged", "received", "accepted", "in progress",
    ),
}  # fmt: skip
# in letters: what stands first in each list of a language
OFFERED: dict[str, dict[str, str]] = {
    "ru": {"already": "уже удалено", "refused": "отказ: причина", "more": "вопрос: текст",
           "ack": "принято"},
    "kk": {"already": "бұрын жойылған", "refused": "бас тарту: себебі", "more": "сұрақ: мәтіні",
           "ack": "қабылданды"},
    "en": {"already": "already gone", "refused": "refused: reason", "more": "question: text",
           "ack": "acknowledged"},
}  # fmt: skip
ON_A_PAGE = {REMOVED, Answer.ACCOUNT_CLOSED, Answer.ALREADY_GONE}
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
    found = meaning(text) or labelled(text, [*Answer.choices, (Answer.DONE.value, kind.done)])
    if found in ON_A_PAGE and not kind.looked_at:
        return ""
    return Answer.DONE if found == REMOVED else found


def refusal_in(text: str) -> str:
    return labelled(text, Refusal.choices)


def words_for(kind: Kind, language: str) -> list[str]:
    """What a reply may begin with."""
    offered = OFFERED.get(language, OFFERED["ru"])
    done = gettext(str(kind.done))
    shown = [done, offered["already"]] if kind.looked_at else [done]
    return [*shown, offered["refused"], offered["more"], offered["ack"]]
