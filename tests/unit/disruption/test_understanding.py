"""What a reply says, and what it only seems to say. Plain functions: no database."""

import time

import pytest

from tereze.disruption.channels.email import trust
from tereze.disruption.channels.email.inbox import modified_utf7
from tereze.disruption.channels.email.parsing import Mail, UnreadableError, parse
from tereze.disruption.channels.email.understanding import kind_of, own_words, understand
from tereze.disruption.kinds import KINDS
from tereze.disruption.models import Incoming
from tereze.disruption.vocabulary import BY_WORDS, SAID, normal


SAYS = {
    "Удалено": "done",
    "удалена.": "done",
    "УДАЛЕНО!!!": "done",
    "Удалено, спасибо за сигнал.": "done",
    "Добрый день, коллеги!\nОбъявление удалено\nС уважением, Дана": "done",
    "Сәлеметсіз бе!\nХабарландыру жойылды.": "done",
    "Removed - user banned": "done",
    "Сделано": "done",
    "уже удалено": "already_gone",
    "Бұрын жойылған": "already_gone",
    "Аккаунт заблокирован": "account_closed",
    "Принято в работу, ответим до вечера": "acknowledged",
    "Отказ. Нарушений нет": "refused",
    "Отказ\nНет нарушения правил": "refused",
    "ОТКАЗАНО: не наше объявление": "refused",
    "Бас тартамыз: дәлел аз": "refused",
    "Вопрос: какой номер?": "need_more",
    "Need more: which seller?": "need_more",
}
UNCLEAR = (
    "", "Не удалено", "Удалено?", "Удалено частично", "Удалено, но не всё", "будет удалено завтра",
    "Мы удалено работаем", "Удалено\nОтказ: ошиблись", "Отказ", "Отказ:", "Вопрос", "Спасибо!",
    "Removed? We cannot find it", "It was not removed", "Removed, however one photo stays",
    "Жойылмады", "Жойылды ма?", "Прошу уточнить\nУдалено", "закрыто", "данные сохранены",
    "деньги удержаны", "Тикет закрыт. Удалено", "Удалено\nнет, погодите, ещё на месте",
)  # fmt: skip


@pytest.mark.parametrize("text", SAYS)
def test_a_reply_says(text: str) -> None:
    assert understand(text, KINDS["remove_listing"]).answer == SAYS[text]


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_person_has_to_read(text: str) -> None:
    found = understand(text, KINDS["remove_listing"])
    assert found.answer == ""
    assert found.words == text.strip()


def test_each_kind_has_its_own_word_for_done() -> None:
    assert understand("Деньги удержаны", KINDS["hold_money"]).answer == "done"
    assert understand("данные сохранены", KINDS["preserve_data"]).answer == "done"
    assert understand("Удалено", KINDS["hold_money"]).answer == ""
    assert understand("Уже удалено", KINDS["check_number"]).answer == ""


def test_no_word_says_two_things() -> None:
    said = [normal(words) for group in SAID.values() for words in group]
    assert len(said) == len(set(said)) == len(BY_WORDS)


QUOTES = {
    "> Удалено\n> так\nответ": "",
    "Нет\n\n25.11.2026, 10:00, Киберпол <a@b.kz> пишет:\n> Удалено": "Нет",
    "Нет\nOn Wed, Nov 25, 2026 at 10:00 AM Kiberpol <a@b.kz>\nwrote:\nУдалено": "Нет",
    "Нет\n-----Original Message-----\nFrom: a@b.kz\nУдалено": "Нет",
    "Нет\n________________________________\nОт: a@b.kz\nУдалено": "Нет",
    "Нет\n––– ответ пишите выше этой строки –––\nУдалено": "Нет",
    "Нет\n\n-- \nДана Ким\nУдалено": "Нет",
    "Нет\nБейсенбі, 26 қараша, Киберпол жазды:\nУдалено": "Нет",
    "Нет\n\nFrom: Kiberpol\nSent: Friday, November 27, 2026 12:00 PM\nTo: Dana\nУдалено": "Нет",
    "Нет\n\n*От:* Киберпол\n*Отправлено:* 27 ноября 2026 г. 12:00\nУдалено": "Нет",
    "Нет\n\nпт, 27 нояб. 2026 г. в 12:00, Киберпол <a@b.kz>:\nУдалено": "Нет",
    "Нет\n\nпт, 27 нояб. 2026 г. в 12:00, Киберпол <\na@b.kz>:\nУдалено": "Нет",
    "Нет\n\nОтправлено с iPhone": "Нет",
}


@pytest.mark.parametrize("text", QUOTES)
def test_only_what_stands_above_the_quoted_letter_counts(text: str) -> None:
    assert own_words(text) == QUOTES[text]


def letter(*headers: str, body: str = "Удалено\n") -> bytes:
    return ("\n".join(headers) + "\n\n" + body).encode()


AUTOMATIC = {
    "Auto-Submitted: auto-replied": Incoming.Kind.AUTO_REPLY,
    "Auto-Submitted: auto-generated; owner-email=x": Incoming.Kind.AUTO_REPLY,
    "Auto-Submitted: no": Incoming.Kind.ANSWER,
    "Precedence: auto_reply": Incoming.Kind.AUTO_REPLY,
    "X-Autoreply: yes": Incoming.Kind.AUTO_REPLY,
    "Return-Path: <>": Incoming.Kind.AUTO_REPLY,
    "Subject: Re: Out of Office": Incoming.Kind.AUTO_REPLY,
    "Subject: Автоматты жауап: хабарлама": Incoming.Kind.AUTO_REPLY,
    "Subject: Re: Уведомление": Incoming.Kind.ANSWER,
    "From: Mailer-Daemon@mx\nSubject: Mail delivery failed": Incoming.Kind.BOUNCE,
    "From: postmaster@mx\nSubject: Delivery Status Notification (Delay)": Incoming.Kind.DELAYED,
    "From: a@b.kz\nSubject: Undeliverable goods": Incoming.Kind.ANSWER,
    "X-Failed-Recipients: a@b.kz": Incoming.Kind.BOUNCE,
}


@pytest.mark.parametrize("headers", AUTOMATIC)
def test_machines_are_told_from_people(headers: str) -> None:
    assert kind_of(parse(letter(headers))) == AUTOMATIC[headers]


def test_html_alone_is_read_as_its_words() -> None:
    page = (
        "<html><head><style>p{}</style><script>удалено</script></head><body><p>Отказ:"
        " не <b>наше</b></p><blockquote>Удалено</blockquote></body></html>"
    )
    mail = parse(letter("Content-Type: text/html; charset=utf-8", body=page))
    assert mail.html_only
    found = understand(mail.text, KINDS["remove_listing"])
    assert (found.answer, found.words) == ("refused", "не наше")


CHARSETS = ("utf-8", "windows-1251", "koi8-r", "utf-16", "iso-8859-5", "kz-1048")


@pytest.mark.parametrize("charset", CHARSETS)
def test_cyrillic_in_any_charset(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\n\n".encode()
    assert parse(head + "Удалено".encode(charset)).text == "Удалено"


@pytest.mark.parametrize("charset", ["zlib_codec", "rot13", "unicode_escape", "idna", "x" * 5000])
def test_a_charset_that_is_none_of_mails_is_not_used(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\n\n".encode()
    assert parse(head + "Удалено".encode()).text == "Удалено"


def test_headers_cannot_start_other_headers() -> None:
    mail = parse(b"Subject: =?utf-8?b?YQ0KQmNjOiBlQHguZXhhbXBsZQ==?=\nFrom: a@b.kz, c@d.kz\n\nx")
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert mail.sender == ""  # two authors are nobody


HOSTILE = {
    "nested": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(5000)
    ),
    "a little nested": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(40)
    )
    + b"x\n" * 900_000,
    "lines": b"\n" * 5_000_000,
    "one line": b"Subject: " + b"x" * 5_000_000,
    "headers": b"X: y\n" * 500_000,
    "ids": b"References: " + b"<a@b> " * 500_000 + b"\n\nx",
    "from": b"From: " + b"(" * 20_000 + b"a@b.kz" + b")" * 20_000 + b"\n\nx",
    "words": b"Subject: " + b"=?utf-8?q?=41?= " * 50_000 + b"\n\nx",
    "html": b"Content-Type: text/html\n\n" + b"<div>" * 400_000,
    "open tags": b"Content-Type: text/html\n\n" + b"<a " * 60_000,
    "bold": b"Content-Type: text/html\n\n<p>"
    + b"".join(b"<b a=%d>" % n for n in range(1000))
    + b"<p>x" * 2500,
    "unfinished": b"Content-Type: text/html\n\n<p>a</p><![<a>",
    "tags": b"Content-Type: text/html\n\n" + b"<" * 400_000,
    "base64": b"Content-Transfer-Encoding: base64\n\n" + b"====A" * 200_000,
    "quotes": b"\n\n" + b"> " * 500_000,
    "wrote": b"\n\n" + b"On " + b"a " * 300_000 + b"\n",
}


@pytest.mark.parametrize("sort", HOSTILE)
def test_a_hostile_letter_costs_little(sort: str) -> None:
    began = time.process_time()
    try:
        mail = parse(HOSTILE[sort])
        kind_of(mail)
        understand(mail.text, KINDS["remove_listing"])
    except UnreadableError:
        pass
    assert time.process_time() - began < 5


RESULTS = {
    "mx; dmarc=pass header.from=olx.kz": True,
    "mx; dmarc=fail header.from=olx.kz; spf=pass smtp.mailfrom=a@olx.kz": False,
    "mx; spf=pass smtp.mailfrom=a@olx.kz": True,
    "mx; dkim=pass header.d=mail.olx.kz": True,
    "mx; dkim=pass header.d=evil.example": False,
    "mx; spf=fail smtp.mailfrom=a@olx.kz": False,
    "evil; dmarc=pass": False,
    "mx": False,
}


@pytest.mark.parametrize("value", RESULTS)
def test_only_our_own_server_vouches(value: str, settings: pytest.FixtureRequest) -> None:
    settings.MAIL_AUTHSERV = "mx"  # type: ignore[attr-defined]
    mail = Mail(headers=[("authentication-results", value)], sender="dana@olx.kz")
    assert trust.passed(mail) is RESULTS[value]


def test_a_second_result_under_our_name_is_the_senders_own(
    settings: pytest.FixtureRequest,
) -> None:
    settings.MAIL_AUTHSERV = "mx"  # type: ignore[attr-defined]
    both = [("authentication-results", f"mx; dmarc={word}") for word in ("fail", "pass")]
    assert not trust.passed(Mail(headers=both, sender="dana@olx.kz"))


def test_folders_on_the_wire() -> None:
    assert modified_utf7("INBOX") == "INBOX"
    assert modified_utf7("Ответы & x") == "&BB4EQgQyBDUEQgRL- &- x"
