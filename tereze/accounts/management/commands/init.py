import getpass
import secrets
import sys
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

from tereze.accounts.actions import create_user, found_city
from tereze.accounts.models import User
from tereze.accounts.permissions import Role
from tereze.core.actor import Actor


QUESTIONS = {
    "slug": "Short name of the city in Latin letters, e.g. balqash",
    "name": "Name of the unit in Russian",
    "name_kk": "Name of the unit in Kazakh",
    "region": "Name of the region in Russian",
    "admin": "Log-in of the first administrator",
    "admin_name": "Surname and initials of the first administrator",
}


class Command(BaseCommand):
    help = "Start a real, empty city: unit under a region, zone, first administrator, keys."

    def add_arguments(self, parser: CommandParser) -> None:
        for name, question in QUESTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=question)
        parser.add_argument("--region-slug", help="short name of the region, made up when left out")
        parser.add_argument("--zone", default=settings.TIME_ZONE)
        parser.add_argument("--admin-password", help="made up and printed once when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = {name: options[name] or self.ask(name) for name in QUESTIONS}
        check_slug(answers["slug"])
        check_zone(options["zone"])
        call_command("migrate", verbosity=0)
        by = Actor.machine("init")
        unit = found_city(
            slug=answers["slug"],
            name=answers["name"],
            name_kk=answers["name_kk"],
            region_slug=options["region_slug"] or f"{answers['slug']}-region",
            region=answers["region"],
            zone=options["zone"],
            by=by,
        )
        if User.objects.filter(username=answers["admin"]).exists():
            self.stdout.write(f"{unit.name}: completed; the account {answers['admin']} was there.")
            return
        password = options["admin_password"] or self.new_password()
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        create_user(
            username=answers["admin"],
            password=password,
            name=answers["admin_name"],
            role=Role.ADMINISTRATOR,
            unit=unit,
            by=by,
        )
        self.stdout.write(f"{unit.name}: founded in {settings.DATA}.")
        self.stdout.write(f"Keys: {settings.DATA / 'keys'} - copy them to a safe place now.")
        self.stdout.write("Next: `tereze up`, log in as the administrator, open accounts.")

    def ask(self, name: str) -> str:
        if not sys.stdin.isatty():
            raise CommandError(f"--{name.replace('_', '-')} is missing: {QUESTIONS[name]}")
        while not (answer := input(f"{QUESTIONS[name]}: ").strip()):
            pass
        return answer

    def new_password(self) -> str:
        if sys.stdin.isatty() and (typed := getpass.getpass("Password (empty: made up): ")):
            return typed
        password = secrets.token_urlsafe(12)
        self.stdout.write(f"Password of the administrator, shown only now: {password}")
        return password


def check_slug(slug: str) -> None:
    if slugify(slug) != slug:
        raise CommandError(
            f"--slug: «{slug}» may hold only small Latin letters, digits and hyphens"
        )


def check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CommandError(f"--zone: there is no time zone «{zone}», e.g. Asia/Almaty") from error
