"""What goes to the log."""

import logging


class RefusalsInALine(logging.Filter):
    """Whoever opened a page that is not theirs was refused, as it should be: the line says so, and
    a traceback below it would look like a fault. Faults of ours keep theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True
