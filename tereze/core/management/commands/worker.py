import logging
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from tereze.core import due
from tereze.core.processes import Stop


log = logging.getLogger(__name__)


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
        try:
            close_old_connections()
            pause = 0 if sum(due.run_one(task) for task in tasks) else 0.2
        except DatabaseError:  # a lane that ended here would leave its work undone for good
            log.exception("%s: the database does not answer", lane)
            pause = 2
        stop.wait(pause)
