"""Two seconds of a tone, as telephones record it: the files a resident would attach."""

import array
import io
import math

import av


KINDS = {  # name -> (container, codec, rate)
    "note.ogg": ("ogg", "libopus", 48000),
    "note.m4a": ("ipod", "aac", 44100),
    "note.amr": ("amr", "libopencore_amrnb", 8000),
    "note.3gp": ("3gp", "libopencore_amrnb", 8000),
}


def voice_note(name: str, seconds: int = 2) -> bytes:
    container_format, codec, rate = KINDS[name]
    out = io.BytesIO()
    with av.open(out, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        fifo = av.AudioFifo()
        for part in resampler.resample(tone(rate, seconds)):
            fifo.write(part)
        while frame := fifo.read(stream.codec_context.frame_size or 1024):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def tone(rate: int, seconds: int) -> av.AudioFrame:
    wave = [int(9000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(rate * seconds)]
    samples = array.array("h", wave).tobytes()
    frame = av.AudioFrame(format="s16", layout="mono", samples=rate * seconds)
    frame.sample_rate, frame.pts = rate, 0
    plane = frame.planes[0]
    plane.update(samples + bytes(plane.buffer_size - len(samples)))
    return frame
