"""Sound in, WAV out: run as a process of its own by `sound.py`. Imports nothing of Tereze."""

import contextlib
import io
import itertools
import resource
import sys
import wave
from collections.abc import Iterator

import av


RATE = 16_000
LONGEST = 20 * 60  # seconds of sound
LIMITS = (
    (resource.RLIMIT_CPU, 20),  # seconds
    (resource.RLIMIT_AS, 1 << 30),
    (resource.RLIMIT_FSIZE, 0),  # it writes no file
)


def main() -> int:
    for kind, most in LIMITS:
        with contextlib.suppress(ValueError, OSError):  # macOS bounds no address space
            resource.setrlimit(kind, (most, most))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        for piece in decoded(io.BytesIO(sys.stdin.buffer.read())):
            sound.writeframes(piece)
            if sound.tell() > RATE * LONGEST:
                break
        if not sound.tell():
            return 1
    sys.stdout.buffer.write(out.getvalue())
    return 0


def decoded(content: io.BytesIO) -> Iterator[bytes]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(content, mode="r") as container:
        for frame in itertools.chain(container.decode(audio=0), [None]):
            for part in resampler.resample(frame):
                yield bytes(part.planes[0])[: part.samples * 2]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (av.FFmpegError, IndexError, ValueError, MemoryError):
        sys.exit(1)
