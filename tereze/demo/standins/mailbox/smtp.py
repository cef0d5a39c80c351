"""The SMTP side: takes every letter, or refuses, defers and hangs where a test wants it."""

import asyncio
import contextlib
from dataclasses import asdict, dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from .letters import Letters


LARGEST_LETTER = 25 * 1024 * 1024


@dataclass
class Trouble:
    """`recipient` = "" fits every letter; `after` keeps the letter and then fails."""

    recipient: str = ""
    code: int = 451
    text: str = "4.7.1 Try again later"
    hang: float = 0
    after: bool = False
    times: int = 1

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Trouble":
        usual = asdict(cls())
        return cls(**{key: type(usual[key])(given[key]) for key in usual.keys() & given.keys()})


@dataclass
class Handler:
    letters: Letters
    stopping: asyncio.Event
    troubles: list[Trouble] = field(default_factory=list)

    def take(self, recipients: list[str]) -> Trouble | None:
        for trouble in self.troubles:
            if not trouble.recipient or trouble.recipient in recipients:
                if trouble.times == 1:
                    self.troubles.remove(trouble)
                elif trouble.times > 1:
                    trouble.times -= 1
                return trouble
        return None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        recipients = list(envelope.rcpt_tos)
        trouble = self.take(recipients)
        if trouble is None or trouble.after:
            content = envelope.content or b""
            self.letters.keep(
                content.encode() if isinstance(content, str) else content,
                sender=envelope.mail_from or "",
                recipients=recipients,
                login=str(session.auth_data) if session.authenticated else "",
            )
        if trouble is None:
            return "250 2.0.0 Ok: kept"
        if trouble.hang:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), trouble.hang)
        return f"{trouble.code} {trouble.text}"

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(trouble) for trouble in self.troubles]


def anyone(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    """Every log-in is accepted and its name kept with the letter."""
    name = getattr(data, "login", b"").decode("utf-8", "replace")
    return AuthResult(success=True, auth_data=name)


async def listen(handler: Handler, host: str, port: int) -> asyncio.Server:
    def session() -> SMTP:
        return SMTP(
            handler,
            hostname="mailbox.localhost",
            data_size_limit=LARGEST_LETTER,
            enable_SMTPUTF8=True,
            authenticator=anyone,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    return await asyncio.get_running_loop().create_server(session, host, port)
