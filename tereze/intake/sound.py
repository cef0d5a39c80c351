"""Voice notes as plain sound. Browsers play neither AMR nor most 3GP; officers have to hear them.

Decoding foreign files is the riskiest thing done with them, so it happens in a process of its own
with a bounded time and memory, which knows nothing of Django, the database or the keys.
"""

import subprocess
import sys
from pathlib import Path


DECODER = Path(__file__).with_name("sound_decoder.py")
PATIENCE = 25.0


class CannotPlayError(Exception):
    """The file holds no sound that can be decoded."""


def to_wav(content: bytes) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(DECODER)],
            input=content,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as error:
        raise CannotPlayError from error
    if done.returncode or not done.stdout:
        raise CannotPlayError
    return done.stdout
