from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tereze.core.processes import Stop
from tereze.core.supervisor import Child, Supervisor, tereze


class Command(BaseCommand):
    help = "Supervise serve, worker, clock and watch: what dies is started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default="8000")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_behind():
            raise CommandError(
                f"{settings.DATA}: no database yet, or one older than the program. A new city begins "
                "with `tereze init`; after an update run `tereze migrate`."
            )
        serve = tereze("serve", "--host", options["host"], "--port", options["port"])
        others = [Child(name, tereze(name)) for name in ("worker", "clock", "watch")]
        if settings.STREAM_URL:  # one worker here; the others stand on other machines
            others.append(Child("stream work", tereze("stream", "work")))
        Supervisor([Child("serve", serve), *others]).run(Stop())


def is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
