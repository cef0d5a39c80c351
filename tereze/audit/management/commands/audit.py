import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tereze.audit.chain import verify
from tereze.audit.witness import read_mark


class Command(BaseCommand):
    help = "`audit verify`: check the tamper-evident chain; exit 1 and the first broken link if it fails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument(
            "--holds",
            metavar="LINK",
            type=read_mark,
            action="append",
            default=[],
            help="a link that an earlier run printed and that must still be there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify(*options["holds"])
        tail = f"; {verdict.unsealed} committed but not sealed yet" if verdict.unsealed else ""
        if verdict.broken_at is not None:
            self.stderr.write(f"BROKEN at link {verdict.broken_at}: {verdict.why}{tail}")
            sys.exit(1)
        last = f", the last is {verdict.sealed}:{verdict.last}" if verdict.sealed else ""
        self.stdout.write(f"whole: {verdict.sealed} links{last}{tail}")
