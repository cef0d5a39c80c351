import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from tereze.core import due
from tereze.core.processes import Stop


log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do what time asks for: sealing the journal, deadlines, retention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="every task once, then leave")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            for tick in due.TICKS:
                tick.work()
            return
        stop = Stop()
        next_at = {tick.name: 0.0 for tick in due.TICKS}
        while not stop.wait(0.2):
            for tick in due.TICKS:
                if time.monotonic() >= next_at[tick.name]:
                    run(tick)
                    next_at[tick.name] = time.monotonic() + tick.every.total_seconds()


def run(tick: due.Tick) -> None:
    """One failing task must not stop the others; it is tried again at its next turn."""
    close_old_connections()
    try:
        tick.work()
    except Exception:
        log.exception("%s failed", tick.name)
