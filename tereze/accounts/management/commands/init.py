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
    "admin": "Log-in of the first administrator, in Latin letters",
    "admin_name": "Surname and initials of the first administrator",
}
SLUGS = {"slug", "admin"}


class Command(BaseCommand):
    help = "Start a real, empty city: unit under a region, zone, first administrator, keys."

    def add_arguments(self, parser: CommandParser) -> None:
        for name, question in QUESTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=question)
        parser.add_argument("--region-slug", help="short name of the region, made up when left out")
        parser.add_argument("--zone", default=settings.TIME_ZONE)
        parser.add_argument("--admin-password", help="made up and printed once when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = {name: self.answer(name, options[name]) for name in QUESTIONS}
        region_slug = options["region_slug"] or f"{answers['slug']}-region"
        if why := wrong_slug(region_slug) or wrong_region(region_slug, answers["slug"]):
            raise CommandError(f"--region-slug: {why}")
        check_zone(options["zone"])
        call_command("migrate", verbosity=0)
        admin = User.objects.filter(username=answers["admin"]).first()
        if admin and admin.unit.slug != answers["slug"]:
            raise CommandError(f"--admin: {admin.username} is an account of {admin.unit} already")
        password = "" if admin else self.password(options["admin_password"])
        by = Actor.machine("init")
        unit = found_city(
            slug=answers["slug"],
            name=answers["name"],
            name_kk=answers["name_kk"],
            region_slug=region_slug,
            region=answers["region"],
            zone=options["zone"],
            by=by,
        )
        if admin:
            self.stdout.write(f"{unit.name}: completed; the account {admin.username} was there.")
            return
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

    def answer(self, name: str, given: str | None) -> str:
        """The option, or what is typed; a terminal is asked again until it can be used."""
        option = f"--{name.replace('_', '-')}"
        if given is None and not sys.stdin.isatty():
            raise CommandError(f"{option} is missing: {QUESTIONS[name]}")
        while True:
            text = (input(f"{QUESTIONS[name]}: ") if given is None else given).strip()
            text = text.lower() if name in SLUGS else text
            why = wrong_slug(text) if name in SLUGS else wrong_text(text)
            if not why:
                return text
            if given is not None:
                raise CommandError(f"{option}: {why}")
            self.stdout.write(f"  {why}")

    def password(self, given: str | None) -> str:
        while True:
            typed = given
            if typed is None and sys.stdin.isatty():
                typed = getpass.getpass("Password (empty: made up): ")
            if not typed:
                made_up = secrets.token_urlsafe(12)
                self.stdout.write(f"Password of the administrator, shown only now: {made_up}")
                return made_up
            try:
                validate_password(typed)
            except ValidationError as error:
                if given is not None:
                    raise CommandError(" ".join(error.messages)) from error
                self.stdout.write("  " + " ".join(error.messages))
            else:
                return typed


def wrong_slug(text: str) -> str:
    if text and slugify(text) == text:
        return ""
    return f"«{text}» may hold only small Latin letters, digits and hyphens"


def wrong_text(text: str) -> str:
    return "" if any(letter.isalnum() for letter in text) else f"«{text}» is no name"


def wrong_region(region: str, city: str) -> str:
    return "a city cannot be its own region" if region == city else ""


def check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CommandError(f"--zone: there is no time zone «{zone}», e.g. Asia/Almaty") from error
