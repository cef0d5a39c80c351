"""`tereze restore`: asks for no settings, since the city that has them is not there yet."""

import argparse
import sys
from pathlib import Path

from tereze.core.backup import POSTGRESQL_COPY, BackupError, restore


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tereze restore",
        description="Bring a backup into an empty folder, which TEREZE_DATA then names.",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(argv)
    try:
        restore(options.file, options.folder)
    except BackupError as error:
        sys.stderr.write(f"tereze: {error}\n")
        return 1
    sys.stdout.write(f"Restored. Start it with TEREZE_DATA={options.folder}\n")
    copy = options.folder / POSTGRESQL_COPY
    if copy.exists():
        sys.stdout.write(f"The database: pg_restore --dbname=… {copy}, then DATABASE_URL.\n")
    return 0
