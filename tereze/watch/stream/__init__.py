"""The watch over several machines: what was read goes through NATS JetStream to any number of workers.

    tereze watch ──publish──► stream, three copies ──pull──► tereze stream work   (host 1)
    (one process)             one durable consumer  ──pull──► tereze stream work   (host 2) …

A connector confirms to its service only what the stream has acknowledged; a worker acknowledges to
the stream only what is stored and decided. Between the two a message may come twice, never not at
all; what it does is done once, because its name is unique in the database. Without
TEREZE_STREAM_URL nothing here is used.
"""
