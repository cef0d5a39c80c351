"""Whose letter it is: by a mark only our letter carried, never by the sender alone.

A Message-ID, the mark in a subject or a reply address can be forwarded or printed, so the mark says
which request is meant, and the sender's address whether they may answer it. Both together are
taken; a mark from somebody else stands before an officer.
"""

from tereze.disruption.channels.email.letters import MARK, letter_by_mark
from tereze.disruption.channels.email.parsing import MESSAGE_IDS, Mail
from tereze.disruption.models import Letter, Partner


# addresses anybody can have: here only the very address counts, not its domain
ANYBODYS = {
    *("gmail.com", "googlemail.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"),
    *("yandex.ru", "yandex.kz", "yandex.com", "ya.ru", "rambler.ru", "outlook.com", "hotmail.com"),
    *("live.com", "yahoo.com", "icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.com"),
    *("gmx.net", "mail.kz", "nur.kz"),
}
MOST = 100


def letter_of(mail: Mail) -> Letter | None:
    """The letter it answers. Where two marks name two requests, nobody can know."""
    meant = letters_of(mail)
    requests = {letter.request_id for letter in meant}
    return meant[0] if len(requests) == 1 else None


def letters_of(mail: Mail) -> list[Letter]:
    ids = [*mail.answers_to, *mail.about][:MOST]
    found = list(Letter.objects.filter(public_id__in=ids).order_by("-created_at"))
    marks = dict.fromkeys(MARK.findall(f"{mail.recipients} {mail.subject}"))
    found += [letter for mark in list(marks)[:5] if (letter := letter_by_mark(mark))]
    return found


def bounced_letter(mail: Mail) -> Letter | None:
    """The letter that came back: by its own Message-ID inside the report, else as an answer."""
    inside = mail.about or MESSAGE_IDS.findall(mail.text)  # in plain words it quotes the headers
    found = Letter.objects.filter(public_id__in=inside[:MOST]).order_by("-created_at")
    return found.first() or letter_of(mail)


def may_answer(mail: Mail, letter: Letter, passed: bool) -> bool:
    """The address we wrote to, another contact of this partner, or a colleague in its domain."""
    if not mail.sender or not passed:
        return False
    known = addresses_of(letter.request.partner) | {letter.to.lower()}
    if mail.sender in known:
        return True
    domains = {address.rpartition("@")[2] for address in known} - ANYBODYS
    return mail.sender.rpartition("@")[2] in domains - {""}


def addresses_of(partner: Partner) -> set[str]:
    given = (partner.email, partner.contact_email, partner.contact_chief_email)
    return {address.strip().lower() for address in given if address and "@" in address}
