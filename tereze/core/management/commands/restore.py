from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tereze.core.backup import POSTGRESQL_COPY, BackupError, restore


class Command(BaseCommand):
    help = "Bring a backup into an empty folder, which TEREZE_DATA then names."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            restore(options["file"], folder)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored. Start it with TEREZE_DATA={folder}")
        if (folder / POSTGRESQL_COPY).exists():
            self.stdout.write(
                f"The database: pg_restore --dbname=… {folder / POSTGRESQL_COPY}, then DATABASE_URL."
            )
