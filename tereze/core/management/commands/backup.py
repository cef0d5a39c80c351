from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tereze.core.backup import BackupError, back_up


class Command(BaseCommand):
    help = "Copy database, evidence and keys into one file, and prove that the copy opens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            proof = back_up(options["file"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = f"{proof.rows} rows in {proof.tables} tables, " if proof.tables else ""
        self.stdout.write(f"{options['file']}: opens; {rows}{proof.files} files of evidence.")
        self.stdout.write("It holds the keys: keep it as safe as the city itself.")
