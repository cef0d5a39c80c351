import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tereze.casework.package import NotAPackageError, Verdict, verify


class Command(BaseCommand):
    help = "Check an exported evidence package: exit code 0 whole, 1 changed, 2 no package."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("verify", help="check the files, the manifest, the custody log")
        check.add_argument("file", type=Path)
        check.add_argument(
            "--authority",
            type=Path,
            help="the time authority's certificates (PEM), had from elsewhere than the package",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            trusted = options["authority"].read_bytes() if options["authority"] else b""
            with path.open("rb") as file:
                verdict = verify(file, trusted)
        except (OSError, NotAPackageError) as error:
            self.stderr.write(f"{path}: not an evidence package ({error})")
            sys.exit(2)
        if verdict.problems:
            for problem in verdict.problems:
                self.stderr.write(f"{path}: {problem}")
            sys.exit(1)
        self.stdout.write(
            f"{path}: whole. Evidence {verdict.key}, {verdict.files} files, "
            f"{verdict.entries} custody entries.\n"
            f"Manifest SHA-256 {verdict.manifest_sha256}: compare it with the journal of the office "
            "that issued the package.\n" + about_time(verdict, trusted)
        )


def about_time(verdict: Verdict, trusted: bytes) -> str:
    if verdict.token is None:
        return "Not stamped by a time authority: the time is the office's own."
    said = f"Stamped by {verdict.token.authority} at {verdict.token.at.isoformat()}"
    if trusted:
        return f"{said}, under the certificates given."
    return (
        f"{said}, under the certificate in the package: compare authority.pem with the authority's "
        "own, or give it with --authority."
    )
