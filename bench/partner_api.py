"""The partner's API with 1,000 open requests: a page of 100, the work list, one request, a batch.

.venv/bin/python bench/partner_api.py [requests]
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx


sys.path.insert(0, ".")
from tests.city import a_city


FILL = """
from django.db import transaction
from tereze.accounts.models import Unit, User
from tereze.accounts.permissions import Role
from tereze.casework.actions import Part, store_parts
from tereze.core.clock import now
from tereze.disruption import actions
from tereze.disruption.models import Partner
unit = Unit.objects.create(slug="balqash", name="Балхаш", name_kk="Балқаш")
chief = User.objects.create(username="chief", name="А.", role=Role.CHIEF, unit=unit, post="майор")
by = chief.actor
actions.register_known_partners(unit=unit, by=by)
Partner.objects.filter(slug="olx").update(channel="api")
olx = Partner.objects.get(slug="olx")
print(actions.issue_partner_key(partner=olx, label="bench", by=by)[1])
files = store_parts([Part("page.png", "image/png", b"picture", outgoing=True)])
with transaction.atomic():
    for number in range({count}):
        row = actions.draft_request(unit=unit, url=f"https://www.olx.kz/d/obyavlenie/x-IDr{{number:05d}}.html",
            kind="preserve_data", reason="Предоплата", by=by, user=chief).request
        actions.seal_capture(request=row, files=files, seen_at=now(), facts={{}}, by=by)
        actions.approve(request=row, user=chief)
        actions.mark_delivered(request=row, by=by)
"""


def measure(name: str, call: Callable[[], Any], times: int = 40) -> None:
    call()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        spent.append((time.perf_counter() - started) * 1000)
    p95 = statistics.quantiles(spent, n=20)[-1]
    print(f"{name:28} median {statistics.median(spent):6.0f} ms   p95 {p95:6.0f} ms")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with a_city() as city:
        key = city.python(FILL.format(count=count)).strip()
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=f"{city.serve()}/api/partner/v1", headers=headers) as http:
            page = http.get("/requests?limit=100").json()
            ids = [row["id"] for row in page["items"]]
            turns = iter(range(10_000))

            def answer() -> None:
                body = {"answer": "need_more", "text": "?", "test": True}
                sent = {"Idempotency-Key": f"bench-{next(turns)}"}
                http.post(f"/requests/{ids[0]}/answer", json=body, headers=sent).raise_for_status()

            print(f"{count} open requests")
            measure("first page of 100", lambda: http.get("/requests?limit=100"))
            measure("work list, page of 50", lambda: http.get("/requests?your_turn=true"))
            deep = f"/requests?limit=100&cursor={page['next_cursor']}"
            measure("second page of 100", lambda: http.get(deep))
            measure("one request", lambda: http.get(f"/requests/{ids[0]}"))
            measure("one answer (rehearsed)", answer)
            answers = [{"request_id": each, "answer": "done"} for each in ids]
            started = time.perf_counter()
            sent = {"Idempotency-Key": "bench-batch"}
            http.post("/requests/answers", json={"answers": answers}, headers=sent, timeout=60)
            print(f"batch of 100 answers: {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
