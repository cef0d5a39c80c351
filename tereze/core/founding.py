"""What each app does once, when a city is founded (`tereze init`, the demo)."""

from collections.abc import Callable
from typing import Any

from tereze.core.actor import Actor


Step = Callable[[Any, Actor], None]  # (unit, by)
STEPS: list[Step] = []


def on_founding(step: Step) -> Step:
    """Register a step. It must be safe to repeat: running `tereze init` again completes it."""
    STEPS.append(step)
    return step
