"""Long-running processes: stop cleanly on a signal, and never outlive the supervisor."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType


class Stop:
    """Set by SIGTERM or SIGINT, or when the supervisor that started us is gone."""

    def __init__(self) -> None:
        self.event = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.on_signal)
        watch_supervisor(self.event.set)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.event.set()

    def wait(self, seconds: float) -> bool:
        """Wait; True when it is time to stop."""
        return self.event.wait(seconds)

    def __bool__(self) -> bool:
        return self.event.is_set()


def watch_supervisor(gone: Callable[[], None]) -> None:
    """The supervisor holds the other end of our standard input; its death closes the pipe."""
    if not os.environ.get("TEREZE_SUPERVISED"):
        return

    def wait_for_end() -> None:
        while os.read(0, 1):  # not sys.stdin: its lock would be held while Python ends
            pass
        gone()

    threading.Thread(target=wait_for_end, daemon=True).start()
