import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from tereze.core import due
from tereze.core.processes import Stop


class Command(BaseCommand):
    help = "Do the work that is due: captures, letters, looks, retention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then leave")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            due.run_until_idle()
            return
        stop = Stop()
        lanes = sorted({task.lane for task in due.HANDLERS})
        threads = [threading.Thread(target=work_lane, args=(lane, stop)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def work_lane(lane: str, stop: Stop) -> None:
    """One thread a lane, so that a slow capture never holds up a letter."""
    tasks = [task for task in due.HANDLERS if task.lane == lane]
    while not stop:
        close_old_connections()
        if not sum(due.run_one(task) for task in tasks):
            stop.wait(0.2)
