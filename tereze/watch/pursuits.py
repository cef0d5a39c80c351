"""What rooms above add to the one key that leads from a message to the rest of the fight.

A step gets the message and the officer and answers in one phrase what it did, or nothing.
"""

from collections.abc import Callable

from tereze.accounts.models import User
from tereze.watch.models import Message


PURSUED = "pursued"  # the link by which a request knows the message it comes from
Step = Callable[[Message, User], str]
STEPS: list[Step] = []


def on_pursuit(step: Step) -> Step:
    STEPS.append(step)
    return step
