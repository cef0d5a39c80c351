"""The one page that `make demo` prints: where to go, as whom, and what to try first."""

import locale
import os

from tereze.demo.people import MODERATORS, PASSWORD, PEOPLE
from tereze.demo.ports import Ports
from tereze.demo.story import CALL


def speaks_russian() -> bool:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return spoken[:2] in {"ru", "kk"}


def page(ports: Ports) -> str:
    desk, chat, site, mail = (ports.url(n) for n in ("desk", "botapi", "platform", "mail"))
    names = ", ".join(name for name, *_ in PEOPLE)
    moderators = ", ".join(name for name, *_ in MODERATORS)
    text = RUSSIAN if speaks_russian() else ENGLISH
    return text.format(
        desk=desk,
        chat=chat,
        site=site,
        mail=mail,
        names=names,
        moderators=moderators,
        password=PASSWORD,
        call=CALL,
    )


ENGLISH = """
────────────────────────────────────────────────────────────────────────────
  Tereze: the example city is open. Ctrl-C stops everything; data are kept.

  residents        {desk}/            report, check, follow, warnings
  officers         {desk}/desk/       log in as one of the names below
  platform portal  {desk}/portal/     log in as a moderator below
  city chats       {chat}/            write as a resident (stand-in of Telegram)
  classifieds      {site}/            stand-in of OLX, Kolesa, Krisha, Kaspi
  mailbox          {mail}/            letters that left the house

  log-in           {names}
  moderators       {moderators}
  password         {password}   (everybody's, in the example city only)

  What to try first
  1. {desk}/report/ as a resident: paste
     «{call}»
     Read the advice. As `duty` see the report appear: the number was named before.
     Then write a warning as `prevention` ({desk}/desk/).
  2. As `chief` open the newest report about an iPhone on OLX: three earlier reports name the
     seller. Send the advert to the platform with one key, approve it. As `olx` in the portal tick
     it and answer «удалено». Tereze looks for itself: verified gone, with the minutes. Restore it at
     {site}/_site/ : Tereze notices (after 1, 10, 60 minutes, then daily; a button looks now).
  3. Write «куплю карту, оплата сразу» in the market chat at {chat}/ and watch it go; a police
     warning that quotes the words stays. The wall: {desk}/desk/wall/ as `duty`.
  4. As `chief` open the figures: 161 via OLX, 31 via Kolesa.kz, 7 cases on fake adverts, counted.
────────────────────────────────────────────────────────────────────────────
"""

RUSSIAN = """
────────────────────────────────────────────────────────────────────────────
  Tereze: пример города открыт. Ctrl-C останавливает всё, данные остаются.

  жителям           {desk}/            сообщить, проверить, проследить, предупреждения
  сотрудникам       {desk}/desk/       вход под одним из имён ниже
  портал площадки   {desk}/portal/     вход модератора
  чаты города       {chat}/            писать как житель (вместо Telegram)
  объявления        {site}/            вместо OLX, Kolesa, Krisha, Kaspi
  почта             {mail}/            письма, ушедшие из дома

  имена             {names}
  модераторы        {moderators}
  пароль            {password}   (у всех, только в примере)

  С чего начать
  1. {desk}/report/ как житель: вставьте
     «{call}»
     Прочитайте совет. Под `duty` сообщение появится само: этот номер уже называли.
     Под `prevention` напишите предупреждение ({desk}/desk/).
  2. Под `chief` откройте новейшее сообщение об iPhone на OLX: продавца назвали ещё трое. Одной
     клавишей отправьте объявление площадке и утвердите. Под `olx` в портале отметьте его и
     ответьте «удалено». Tereze посмотрит сама: удаление проверено, с минутами. Верните его на
     {site}/_site/ : Tereze заметит (через 1, 10, 60 минут, потом ежедневно; есть кнопка).
  3. В чате объявлений {chat}/ напишите «куплю карту, оплата сразу» и смотрите, как исчезнет;
     предупреждение полиции с теми же словами останется. Стена: {desk}/desk/wall/ под `duty`.
  4. Под `chief` откройте показатели: 161 через OLX, 31 через Kolesa.kz, 7 дел о ложных
     объявлениях, всё подсчитано.
────────────────────────────────────────────────────────────────────────────
"""
