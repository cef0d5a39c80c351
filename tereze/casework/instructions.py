"""The sheet in a package from which a stranger checks it: every line that begins with `$` is a
command that runs as it stands, in the unpacked folder."""

from dataclasses import dataclass
from typing import Any

from tereze.casework.custody import digest


@dataclass(frozen=True)
class StampFiles:
    """What a stranger needs to check the time: the token, whom it was believed under, the rest."""

    answer: bytes
    root: bytes
    chain: bytes
    authority: str
    local: bool


SHEET = """\
ПАКЕТ ДОКАЗАТЕЛЬСТВА {key}
Айғақ пакеті {key}

Что это: {origin}
Увидено: {seen_at}    Опечатано: {sealed_at}

Состав
  files/            сами файлы, как они были получены
  manifest.json     опись: что, где и когда увидено; имя, размер и SHA-256 каждого файла
  custody.json      журнал: кто опечатал, заверил, смотрел, передавал, выгружал
  SHA256SUMS        контрольные суммы для стандартной программы
{stamp_contents}
Как проверить без Tereze
  Распакуйте пакет и выполните в его папке команды, которые начинаются со знака $.
  Нужны обычные программы: sha256sum, openssl{wacz_needs}.

  1. Файлы не изменены. Каждая строка должна кончаться словом OK (или ЦЕЛ):
     $ sha256sum -c SHA256SUMS

  2. Опись та самая. Команда должна напечатать число
       {manifest}
     $ sha256sum manifest.json
     То же число стоит в первой записи журнала (поле previous) и в журнале аудита органа,
     который выдал пакет: запросите его отдельно и сравните.

{stamp}
{capture}
  Каждая запись журнала custody.json содержит печать предыдущей (previous -> seal).
  С программой Tereze всё это проверяет одна команда: tereze evidence verify ФАЙЛ.zip

Тексеру (қазақша)
  Пакетті ашып, оның қалтасында жоғарыдағы $ белгісінен басталатын командаларды орындаңыз.
  1. sha256sum -c SHA256SUMS: файлдар өзгермеген (әр жолдың соңында OK).
  2. sha256sum manifest.json: тізімдеменің SHA-256 мәні жоғарыда жазылған; оны айғақты берген
     органның журналымен салыстырыңыз.
{stamp_kk}{capture_kk}  Журналдағы әр жазбада алдыңғы жазбаның мөрі тұр.
"""
STAMP_CONTENTS = """\
  manifest.tsr      метка времени (RFC 3161) на manifest.json
  authority.pem     сертификат службы времени, которой доверял выдавший орган
  chain.pem         сертификаты, пришедшие вместе с меткой
"""
STAMP = """\
  3. Время заверено службой времени «{authority}». Должно быть напечатано: Verification: OK
     $ openssl ts -verify -data manifest.json -in manifest.tsr -CAfile authority.pem -untrusted chain.pem
     Когда именно (строка Time stamp):
     $ openssl ts -reply -in manifest.tsr -text
     Сертификат authority.pem возьмите и у самой службы времени и сравните: пакет не может
     ручаться сам за себя. Если его срок с тех пор истёк, добавьте к первой команде
     -attime и время метки в секундах эпохи.
"""
LOCAL = """\
     ВНИМАНИЕ: служба времени местная, она принадлежит самому органу. Такая метка доказывает,
     что опись не менялась, но само время посторонний от неё принять не обязан.
"""
NO_STAMP = """\
  3. Время ещё не заверено: когда пакет выгружали, служба времени не ответила или не была
     настроена. Время в описи поставлено часами органа. Запросите пакет позже ещё раз.
"""
CAPTURE = """\
  4. Снимок страницы files/{name} — архив в формате WACZ: страница со всеми её картинками.
     Проверка программой wacz (pip install wacz), должно быть: Validation succeeded
     $ wacz validate -f files/{name}
     Посмотреть страницу такой, какой она была: откройте файл на https://replayweb.page
     (он никуда не отправляется) или в программе ReplayWeb.page без связи с интернетом.
"""
STAMP_KK = """\
  3. openssl ts -verify …: уақыт мөрі («{authority}»), жауабы: Verification: OK.
"""
LOCAL_KK = """\
     НАЗАР АУДАРЫҢЫЗ: уақыт қызметі жергілікті, органның өзінікі. Ол тізімдеменің өзгермегенін
     дәлелдейді, ал уақыттың өзін бөгде адам мойындауға міндетті емес.
"""
NO_STAMP_KK = """\
  3. Уақыт әлі расталмаған: уақыт қызметі жауап бермеді немесе бапталмаған.
"""
CAPTURE_KK = """\
  4. wacz validate -f files/{name}: бет суретінің мұрағаты (WACZ); https://replayweb.page арқылы
     ашып көруге болады.
"""


def instructions(key: str, manifest: dict[str, Any], stamp: StampFiles | None) -> str:
    names = [str(file["name"]) for file in manifest["files"]]
    capture = next((name for name in names if name.endswith(".wacz")), "")
    return SHEET.format(
        key=key,
        origin=manifest["origin"],
        seen_at=manifest["seen_at"],
        sealed_at=manifest["sealed_at"],
        manifest=digest(manifest),
        stamp_contents=STAMP_CONTENTS if stamp else "",
        stamp=about(stamp, STAMP, LOCAL, NO_STAMP),
        stamp_kk=about(stamp, STAMP_KK, LOCAL_KK, NO_STAMP_KK),
        wacz_needs=", wacz" if capture else "",
        capture=CAPTURE.format(name=capture) if capture else "",
        capture_kk=CAPTURE_KK.format(name=capture) if capture else "",
    )


def about(stamp: StampFiles | None, text: str, local: str, none: str) -> str:
    if stamp is None:
        return none
    return text.format(authority=stamp.authority) + (local if stamp.local else "")
