from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tereze.core.processes import Stop
from tereze.core.supervisor import Child, Supervisor, tereze


class Command(BaseCommand):
    help = "Supervise serve, worker, clock and watch: what dies is started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")

    def handle(self, *args: Any, **options: Any) -> None:
        serve = tereze("serve", "--host", options["host"], "--port", options["port"])
        others = [Child(name, tereze(name)) for name in ("worker", "clock", "watch")]
        Supervisor([Child("serve", serve), *others]).run(Stop())
