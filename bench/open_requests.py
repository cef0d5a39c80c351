"""How long the direct line's pages take with 1,000 open requests, and how often they ask the database.

    .venv/bin/python bench/open_requests.py [REQUESTS] [ROUNDS]

All requests are open and with one partner, each with sealed evidence of a dozen files; every tenth has
a thread. A real server answers over HTTP; the queries are counted in a process beside it. Fails where
a page's p95 is 300 ms or more.
"""

import json
import statistics
import sys
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the tests' city

import httpx

from tests.city import City, a_city


LIMIT = 300.0
SETUP = """
import io, json, random
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from PIL import Image
from tereze.accounts.models import Unit, User
from tereze.casework.actions import Part, store_parts
from tereze.core.actor import Actor
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Partner, Request

by = Actor.machine("bench")
unit = Unit.objects.create(slug="bench", name="Bench")
actions.register_known_partners(unit=unit, by=by)
olx = Partner.objects.get(slug="olx")
def person(username, role):
    return User.objects.create_user(username=username, password=None, name=username, role=role, unit=unit, post="майор")
chief, moderator = person("chief", "chief"), person("moderator", "partner")
actions.add_member(partner=olx, user=moderator, by=by)

def picture(seed, size, form):
    noise = random.Random(seed).randbytes(size[0] * size[1] * 3 // 64)
    small = Image.frombytes("RGB", (size[0] // 8, size[1] // 8), noise)
    out = io.BytesIO()
    small.resize(size).save(out, form, quality=80)
    return out.getvalue()

def parts(seed):
    photos = [Part(f"photo-{n:02d}.jpg", "image/jpeg", picture(seed * 10 + n, (640, 480), "JPEG"), outgoing=True) for n in range(8)]
    return store_parts([
        Part("photo.jpg", "image/jpeg", picture(seed, (1280, 960), "JPEG"), outgoing=True),
        Part("page.png", "image/png", picture(seed, (1280, 2400), "PNG"), outgoing=True),
        Part("page.html", "text/html", b"<h1>x</h1>" * 2000, outgoing=True),
        Part("response.json", "application/json", b"{}", outgoing=True),
        *photos,
    ])

kinds = [parts(seed) for seed in range(12)]
with transaction.atomic():
    for n in range(REQUESTS):
        row = actions.draft_request(unit=unit, url=f"https://www.olx.kz/d/obyavlenie/iphone-{n}-ID{n:05d}.html",
            reason="Признаки схемы: предоплата за товар, которого нет. Сообщений жителей с теми же признаками: 3.", by=by, user=chief).request
        actions.seal_capture(request=row, files=kinds[n % 12], seen_at=now(), facts={}, by=by, title=f"iPhone 15 Pro, {n}")
        if n % 25 == 0:
            continue  # waits to be signed
        actions.approve(request=row, user=chief)
        if n % 10 == 1:
            actions.say(request=row, kind="question", text="Чей это номер?", by=moderator.actor, from_partner=True)
            actions.say(request=row, kind="reply", text="Номер из объявления.", by=chief.actor, from_partner=False)
        if n % 15 == 2:
            Request.objects.filter(pk=row.pk).update(act_by=now() - timedelta(hours=1), overdue_at=now() - timedelta(minutes=50))

def session(user):
    store = SessionStore()
    store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store.save()
    return store.session_key
key = Request.objects.filter(state="delivered", words__isnull=False).first().public_id
print(json.dumps({"chief": session(chief), "moderator": session(moderator), "key": key}))
"""
COUNT = """
import json
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tereze.accounts.models import User
counts = {}
for path, who in PAGES:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    counts[path] = len(seen)
print(json.dumps(counts))
"""


def main() -> int:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with a_city() as city:
        made = json.loads(city.python(SETUP.replace("REQUESTS", str(requests)), seconds=900))
        city.serve()
        pages = pages_of(made["key"])
        queries = json.loads(city.python(COUNT.replace("PAGES", repr(pages))))
        return report(city, made, pages, queries, rounds)


def pages_of(key: str) -> list[tuple[str, str]]:
    return [
        ("/desk/requests/", "chief"),
        ("/desk/requests/?view=us", "chief"),
        ("/desk/requests/?view=all&page=7", "chief"),
        (f"/desk/requests/{key}/", "chief"),
        (f"/desk/requests/{key}/thread/", "chief"),
        ("/portal/", "moderator"),
        ("/portal/?view=talk", "moderator"),
        ("/portal/?q=ID00777", "moderator"),
        (f"/portal/{key}/", "moderator"),
        (f"/portal/{key}/thumb.jpg", "moderator"),
        ("/portal/figures/", "moderator"),
    ]


def report(
    city: City,
    made: dict[str, str],
    pages: list[tuple[str, str]],
    queries: dict[str, int],
    rounds: int,
) -> int:
    worst = 0.0
    print(f"{'page':<36} {'p50':>7} {'p95':>7}  {'kB':>6}  queries")
    for path, who in pages:
        with httpx.Client(base_url=city.url, cookies={"sessionid": made[who]}) as client:
            spent = []
            for _ in range(rounds):
                started = time.perf_counter()
                answer = client.get(path)
                spent.append((time.perf_counter() - started) * 1000)
                assert answer.status_code == 200, (path, answer.status_code)
        p50, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
        worst = max(worst, p95)
        shown = path.replace(made["key"], "…")
        print(
            f"{shown:<36} {p50:>4.0f} ms {p95:>4.0f} ms  {len(answer.content) / 1024:>6.0f}  {queries[path]}"
        )
    print(f"worst p95 {worst:.0f} ms, limit {LIMIT:.0f} ms")
    return 0 if worst < LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
