"""A real IMAP server (Dovecot) of our own: unprivileged, own folder, own port; and letters."""

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from tests.city import free_port, wait_until


USER, PASSWORD = "kiberpol", "only of this test"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class PostBox:
    """The account kiberpol, and what a mail server would do with a letter for it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.settings = {
            "host": "127.0.0.1",
            "port": port,
            "tls": "none",
            "user": USER,
            "password": PASSWORD,
            "folder": "INBOX",
            "unit": "",
        }

    @contextlib.contextmanager
    def open(self) -> Iterator[imaplib.IMAP4]:
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        connection.login(USER, PASSWORD)
        try:
            yield connection
        finally:
            connection.logout()

    def put(self, *letters: bytes | EmailMessage, folder: str = "INBOX") -> None:
        with self.open() as connection:
            for letter in letters:
                raw = letter if isinstance(letter, bytes) else bytes(letter)
                moment = imaplib.Time2Internaldate(time.time())
                status, answer = connection.append(folder, "", moment, crlf(raw))
                assert status == "OK", answer

    def count(self) -> int:
        with self.open() as connection:
            return int(connection.select("INBOX", readonly=True)[1][0] or 0)

    def seen(self) -> int:
        """How many letters some program has marked as read."""
        with self.open() as connection:
            connection.select("INBOX", readonly=True)
            return len(connection.search(None, "SEEN")[1][0].split())

    def empty(self) -> None:
        """As after a move to another server: the folder is new, its numbers begin again."""
        with self.open() as connection:
            if connection.select("INBOX")[1] == [b"0"]:
                return
            connection.store("1:*", "+FLAGS", "\\Deleted")
            connection.expunge()

    def rebuild(self) -> None:
        """The same letters under new numbers and another UIDVALIDITY."""
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
        ):
            (self.folder / "mail" / USER / name).unlink(missing_ok=True)


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@contextlib.contextmanager
def running_imap() -> Iterator[PostBox]:
    folder = Path(tempfile.mkdtemp(prefix="tereze-imap-"))
    account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    port = free_port()
    words = {
        "folder": folder,
        "user": account.pw_name,
        "group": grp.getgrgid(account.pw_gid).gr_name,
        "port": port,
    }
    (folder / "dovecot.conf").write_text(CONFIG.format(**words))
    (folder / "passwd").write_text(f"{USER}:{PASSWORD}\n")
    for path in (folder, folder / "dovecot.conf", folder / "passwd"):
        shutil.chown(path, account.pw_uid, account.pw_gid)
    command = [shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", folder / "dovecot.conf"]
    if os.getuid() == 0:  # it serves no mail of root's
        drop = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        command = ["setpriv", *drop, *command]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    box = PostBox(folder, port)

    def answers() -> bool:
        with contextlib.suppress(OSError, imaplib.IMAP4.error), box.open():
            return True
        return False

    try:
        wait_until(answers, what=f"Dovecot; its log: {log_of(folder)}")
        yield box
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def log_of(folder: Path) -> str:
    path = folder / "log"
    return path.read_text()[-2000:] if path.exists() else "none"
