"""The one page that `make demo` prints: where to go, as whom, and what to try first."""

import locale
import os

from django.conf import settings

from tereze.demo.people import MODERATORS, PASSWORD, PEOPLE
from tereze.demo.ports import HOOK, Ports
from tereze.demo.story import CALL, QUOTED


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
        hook=f"http://127.0.0.1:{HOOK}",
        names=names,
        moderators=moderators,
        password=PASSWORD,
        data=os.path.relpath(settings.DATA),
        call=CALL,
        quoted=QUOTED,
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
  your own client  {hook}/            where it may take webhooks; keys: portal, API и вебхуки

  log-in           {names}
  moderators       {moderators}
  password         {password}   (everybody's, in the example city only)

  What to try first
  1. {desk}/report/ as a resident: paste
     «{call}»
     Read the advice. As `duty` see the report appear: the number was named before.
     As `prevention` see what grows this week and prepare a warning from it ({desk}/desk/).
  2. As `chief` open the newest report about an iPhone on OLX ({desk}/desk/intake/): three
     earlier reports name the seller. Key u drafts the notice; a few seconds later the page is
     captured and you approve it. As `olx` in the portal tick it and answer «Удалено». Tereze looks
     for itself: verified gone, with the minutes. Restore the advert at {site}/_site/ :
     Tereze notices (after 1, 10, 60 minutes, then daily; key v looks now).
  3. In the market chat at {chat}/ write «куплю карту, оплата сразу» and watch it go; its
     author may not write for a day. As another resident write
     «{quoted}»
     and it stays. The wall shows both with the reasons: {desk}/desk/wall/ as `duty`.
  4. At {site}/akimat/ comment «куплю карту, оплата сразу». Within two minutes it stands on the wall;
     key d prepares a request to the editors, since nothing can be deleted there: approve it as
     `chief`, remove the comment there, and Tereze sees for itself that it is gone.
  5. As `chief` open the figures: 161 via OLX, 31 via Kolesa.kz, 7 cases on fake adverts, each number
     opens its rows. In a terminal:
     TEREZE_DATA={data} .venv/bin/tereze figures --json
  Your own texts: .venv/bin/tereze scan FILE · TEREZE_DATA={data} .venv/bin/tereze watch replay FILE
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
  ваша программа    {hook}/            здесь она может ждать вебхуки; ключи: портал, «API и вебхуки»

  имена             {names}
  модераторы        {moderators}
  пароль            {password}   (у всех, только в примере)

  С чего начать
  1. {desk}/report/ как житель: вставьте
     «{call}»
     Прочитайте совет. Под `duty` сообщение появится само: этот номер уже называли.
     Под `prevention` видно, что растёт на этой неделе: подготовьте предупреждение ({desk}/desk/).
  2. Под `chief` откройте новейшее сообщение об iPhone на OLX ({desk}/desk/intake/): продавца
     назвали ещё трое. Клавиша u готовит уведомление; через несколько секунд страница снята,
     утвердите. Под `olx` в портале отметьте его и ответьте «Удалено». Tereze посмотрит сама:
     удаление проверено, с минутами. Верните объявление на {site}/_site/ :
     Tereze заметит (через 1, 10, 60 минут, потом ежедневно; клавиша v смотрит сейчас).
  3. В чате объявлений {chat}/ напишите «куплю карту, оплата сразу» и смотрите, как исчезнет;
     автор сутки не сможет писать. От имени другого жителя напишите
     «{quoted}»
     и это останется. На стене видно и то и другое с причинами: {desk}/desk/wall/ под `duty`.
  4. На {site}/akimat/ оставьте комментарий «куплю карту, оплата сразу». Минуты через две он на стене;
     клавиша d готовит уведомление редакции, ведь удалить там нельзя: утвердите под `chief`, удалите
     комментарий на сайте, и Tereze увидит это сама.
  5. Под `chief` откройте показатели: 161 через OLX, 31 через Kolesa.kz, 7 дел о ложных
     объявлениях; каждое число открывает свои строки. В терминале:
     TEREZE_DATA={data} .venv/bin/tereze figures --json
  Ваши тексты: .venv/bin/tereze scan FILE · TEREZE_DATA={data} .venv/bin/tereze watch replay FILE
────────────────────────────────────────────────────────────────────────────
"""
