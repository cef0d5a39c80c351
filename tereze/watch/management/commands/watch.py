import gc
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from tereze.core.language import language_of_terminal
from tereze.core.processes import Stop
from tereze.detection import assess
from tereze.watch import replay, sealing
from tereze.watch.process import Watcher, help_out
from tereze.watch.stream.errors import StreamError


class Command(BaseCommand):
    help = "Read the watched sources. `replay FILE` streams a file through the wall."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", title="instead of watching")
        what.add_parser("verify", help="open every sealed copy and walk the chain")
        file = what.add_parser("replay", help="stream JSONL, JSONL.gz or text through the wall")
        file.add_argument(
            "file",
            type=Path,
            help="JSONL with `id` and `text`, a Telegram export, or a text a line",
        )
        file.add_argument("--rate", type=float, default=0, help="messages a second (0: no limit)")
        file.add_argument("--mode", choices=["shadow", "review", "automatic"], default="shadow")
        file.add_argument("--threshold", type=float, default=0.9)
        file.add_argument("--unit", default="", help="slug of the unit (needed if there are many)")
        file.add_argument("--limit", type=int, default=0, help="stop after so many")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("ru"):
            match options["what"]:
                case "verify":
                    self.verify()
                case "replay":
                    self.replay(options)
                case _:
                    self.watch()

    def watch(self) -> None:
        try:
            run()
        except StreamError as error:
            with translation.override(language_of_terminal()):
                raise CommandError(str(error)) from error

    def verify(self) -> None:
        chain = sealing.verify()
        if chain.broken_at is not None:
            self.stderr.write(f"broken at seal {chain.broken_at}: {chain.why}")
            raise SystemExit(1)
        self.stdout.write(f"{chain.seals} sealed copies, the chain is whole")

    def replay(self, options: dict[str, Any]) -> None:
        try:
            replay.run(
                file=options["file"],
                rate=options["rate"],
                mode=options["mode"],
                threshold=options["threshold"],
                unit=options["unit"],
                limit=options["limit"],
                out=self.stdout,
                progress=self.stderr,
            )
        except replay.CannotReplayError as error:
            raise CommandError(str(error)) from error


def run() -> None:
    # The database works in one thread, the network in another: neither may wait long for its turn.
    sys.setswitchinterval(0.0005)
    # rules and a service's models are read now, not when the first advert comes, and never looked
    # through for garbage: a tenth of a second each time that holds up every chat
    assess("")
    import_module("tereze.watch.connectors.telegram.polling")
    gc.freeze()
    stop = Stop()
    helper = threading.Thread(target=help_out, args=(stop,))
    helper.start()
    try:
        async_to_sync(read)(stop)
    finally:
        stop.event.set()
        helper.join()


async def read(stop: Stop) -> None:
    if not settings.STREAM_URL:
        await Watcher().run(stop)
        return
    from tereze.watch.stream.publishing import outlet  # only here is the client of NATS needed

    async with outlet() as stream:
        await Watcher(stream).run(stop)
