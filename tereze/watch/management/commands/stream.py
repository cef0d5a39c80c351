import json
import sys
import threading
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from tereze.core.language import language_of_terminal
from tereze.core.processes import Stop
from tereze.watch.process import help_out
from tereze.watch.stream.cluster import UNREACHED, connected, prepared
from tereze.watch.stream.dead import put_back
from tereze.watch.stream.errors import StreamError
from tereze.watch.stream.state import State, look
from tereze.watch.stream.table import table
from tereze.watch.stream.working import Worker


class Command(BaseCommand):
    help = "The watch over several machines: how far behind the stream is, and who works on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="the same for programs")
        what = parser.add_subparsers(dest="what", title="instead of showing it")
        work = what.add_parser("work", help="a detection worker: as many as you like, on any host")
        work.add_argument("--name", default="", help="as the table shows it (host and process)")
        what.add_parser("retry", help="put back what workers gave up")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(language_of_terminal()):
            if not settings.STREAM_URL:
                raise CommandError(
                    _("Поток не настроен: задайте TEREZE_STREAM_URL=nats://узел:4222,…")
                )
            try:
                self.do(options)
            except StreamError as error:
                raise CommandError(str(error)) from error
            except UNREACHED as error:
                raise CommandError(
                    _("Поток перестал отвечать: %(why)s")
                    % {"why": str(error) or type(error).__name__}
                ) from error

    def do(self, options: dict[str, Any]) -> None:
        match options["what"]:
            case "work":
                with translation.override("ru"):  # as the watch process: what is stored is Russian
                    work(options["name"])
            case "retry":
                number = async_to_sync(retried)()
                self.stdout.write(_("Возвращено в поток: %(number)s") % {"number": number})
            case _:
                state = async_to_sync(seen)()
                told = json.dumps(state.to_json()) if options["json"] else table(state)
                self.stdout.write(told)


async def seen() -> State:
    async with connected() as client:
        return await look(await prepared(client))


async def retried() -> int:
    async with connected() as client:
        return await put_back(await prepared(client))


def work(name: str) -> None:
    # The database works in one thread, the network in another: neither may wait long for its turn.
    sys.setswitchinterval(0.0005)
    stop = Stop()
    helper = threading.Thread(target=help_out, args=(stop,))
    helper.start()
    try:
        async_to_sync(working)(stop, name)
    finally:
        stop.event.set()
        helper.join()


async def working(stop: Stop, name: str) -> None:
    async with connected() as client:
        await Worker(client, await prepared(client), name).run(stop)
