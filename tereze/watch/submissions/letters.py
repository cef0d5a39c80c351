"""Chats that come by e-mail: WhatsApp's own «Export chat» → mail, or a screenshot."""

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from tereze.core.actor import Actor
from tereze.detection import assess
from tereze.disruption.channels.email import trust
from tereze.disruption.channels.email.parsing import Mail, decoded_header, parts_of
from tereze.disruption.channels.email.understanding import own_words
from tereze.disruption.models import Incoming as Letter
from tereze.intake.actions.files import Incoming
from tereze.intake.media import MAX_FILES, PICTURES, sniff
from tereze.watch.models import Submission
from tereze.watch.submissions import archive, export
from tereze.watch.submissions.taking import Handed, hand_over


NAMED = re.compile(r"whats ?app|[ву][ао]т*[сц][ао]п", re.IGNORECASE)
ENDINGS = (".txt", ".zip", ".jpg", ".jpeg", ".png", ".webp")


def claim(letter: Letter, mail: Mail, raw: bytes) -> bool:
    """A letter that holds an export, or names WhatsApp and holds anything of it. Safe to repeat:
    the letter's hash is the sending's key."""
    files = [] if letter.cut else attached(raw)
    is_named = bool(NAMED.search(mail.subject))
    if not (any(is_chat(file) for file in files) or (is_named and (files or letter.cut))):
        return False
    if letter.cut:  # only its beginning was fetched
        files = [Incoming(mail.subject, b"", "big_letter")]
    words = own_words(mail.text)
    hand_over(
        unit=letter.unit,
        handed=Handed(
            text=words if is_named and not any(is_chat(file) for file in files) else "",
            title=export.title_of(mail.subject),
            files=tuple(files),
            language=language_of(f"{mail.subject}\n{words}"),
            contact={"name": mail.name, "email": mail.sender} if trust.passed(mail) else {},
            letter=(letter.sha256, letter.stored),
        ),
        channel=Submission.Channel.EMAIL,
        scope="mail",
        key=letter.sha256,
        by=Actor.resident(),
    )
    return True


def attached(raw: bytes) -> list[Incoming]:
    """Texts, archives and pictures of the letter; it was bounded when it was fetched."""
    found = []
    for part in parts_of(BytesParser(policy=compat32).parsebytes(raw)):
        file = file_in(part)
        if file is not None:
            found.append(file)
    return found[:MAX_FILES]


def file_in(part: Message) -> Incoming | None:
    name = decoded_header(part.get_filename() or "")
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload:
        return None
    if name.lower().endswith(ENDINGS) or sniff(payload) in PICTURES:
        return Incoming(name or "file", payload)
    return None


def is_chat(file: Incoming) -> bool:
    if not archive.is_archive(file.content):
        return sniff(file.content) not in PICTURES and export.is_export(file.content)
    try:
        return bool(archive.read(file.content).chats)
    except archive.BadArchiveError:
        return bool(NAMED.search(file.name))


def language_of(text: str) -> str:
    return "kk" if assess(text).lang == "kk" else "ru"
