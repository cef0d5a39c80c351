"""How much of a stranger's picture is looked at. Also for the process that knows nothing else."""

MOST_BYTES = 20 * 1024 * 1024  # what Telegram gives to a bot
MOST_PIXELS = 40_000_000
SECONDS = 25  # of the processor, for reading and for decoding each
PATIENCE = 40.0  # seconds altogether
MEMORY = 2 << 30  # bytes
