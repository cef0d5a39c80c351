"""The machine's half of a letter: XARF v4 `content/fraud`, as the schemas at xarf.org ask.

What is said here is what the letter says: nothing of a victim, only public pages and their proof.
"""

import base64
import hashlib
import io
import json
import re
import uuid
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.db.models import Q
from PIL import Image

from tereze.casework.models import Evidence, EvidenceFile
from tereze.core.encryption import keyed_hash
from tereze.disruption.channels.email.letters import our_address, our_domain
from tereze.disruption.models import Letter, Request
from tereze.intake.models import Report
from tereze.linking.models import Indicator


VERSION = "4.2.0"
NAME = "xarf.json"
# what a page does wrong; the other kinds ask about money, a number or a person
REPORTED = {"remove_listing", "close_account", "preserve_data", "restrict_site", "delete_message"}
LARGEST_ITEM = 5 * 1024 * 1024  # the schema's own limit
LARGEST_PICTURE = 700 * 1024  # above, a smaller copy goes
LARGEST_ALL = 2 * 1024 * 1024  # base64 twice over: mail servers refuse letters of 10 MB
MOST_PICTURES = 3
COPY = (1000, 3000)  # of a page as tall as a tower
LONGEST = {"org": 200, "description": 1000, "evidence": 500}
DOMAIN = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}")
FRAUD = {
    "pyramid": "investment",
    "fake_broker": "investment",
    "deepfake_endorsement": "investment",
    "romance": "romance",
    "remote_access": "tech_support",
    "secret_santa_mule": "employment",
    "dropper_recruitment": "employment",
    "drug_courier_job": "employment",
    "task_job": "employment",
    "sim_farm": "employment",
    "online_casino": "lottery",
    "fake_charity": "charity",
    "ad_prepayment": "shopping",
    "fake_delivery_link": "shopping",
    "car_deposit": "shopping",
    "rent_deposit": "shopping",
    "cargo_carrier": "shopping",
    "fake_tour_ticket": "shopping",
    "fake_instagram_shop": "shopping",
    "clone_site": "shopping",
    "recovery_scam": "advance_fee",
    "loan_in_victims_name": "advance_fee",
    "credit_history_repair": "advance_fee",
    "fake_police_call": "government_impersonation",
    "fake_tax": "government_impersonation",
    "fake_compensation": "government_impersonation",
    "fake_traffic_fine": "government_impersonation",
}
WALLETS = {"btc": "bitcoin", "eth": "ethereum", "trx": "other"}


def is_reported(request: Request) -> bool:
    return request.kind in REPORTED and request.address.startswith(("http://", "https://"))


def report_of(letter: Letter) -> dict[str, Any]:
    """Deterministic for a letter: sent twice after a crash, it is the same report."""
    request = letter.request
    url = as_uri(request.address)
    host = urlsplit(url).hostname or ""
    evidence = request.evidence
    seen_at = evidence.seen_at if evidence else request.created_at
    who = {
        "org": request.unit.name[: LONGEST["org"]],
        "contact": our_address(),
        "domain": our_domain(),
    }
    by_hand = evidence is None or evidence.kind == Evidence.Kind.SCREENSHOT
    report: dict[str, Any] = {
        "xarf_version": VERSION,
        "report_id": str(report_id(letter)),
        "timestamp": moment(seen_at),
        "reporter": who,
        "sender": who,
        "source_identifier": host,
        "category": "content",
        "type": "fraud",
        "url": url,
        "fraud_type": fraud_type(request),
        "country_code": "KZ",
        "verified_at": moment(seen_at),
        "verification_method": "manual" if by_hand else "automated_crawler",
        "evidence_source": "user_report"
        if request.links.filter(kind="report").exists()
        else "researcher_analysis",
        "description": request.reason[: LONGEST["description"]],
        "tags": [f"request:{request.kind}", f"letter:{letter.purpose}"],
        # our own words, beside the schema's: it allows further properties
        "reference": request.number,
        "listing": request.listing,
    }
    if DOMAIN.fullmatch(host):
        report["domain"] = host
    if wallets := wallets_of(request):
        report["cryptocurrency_addresses"] = wallets
        report["payment_methods"] = ["cryptocurrency"]
    if evidence is not None:
        report["evidence"] = list(items(evidence))
    return report


def report_id(letter: Letter) -> uuid.UUID:
    """In the form of version 4; one per letter, that is per request and try."""
    digest = bytes.fromhex(keyed_hash(letter.public_id, purpose="xarf"))
    return uuid.UUID(bytes=digest[:16], version=4)


def as_json(report: dict[str, Any]) -> bytes:
    return json.dumps(report, ensure_ascii=False, indent=1).encode()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_uri(address: str) -> str:
    """RFC 3986: Cyrillic in a path is escaped, in a host name it is written as `xn--`."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ascii_host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        ascii_host = quote(host)
    if ":" in ascii_host:
        ascii_host = f"[{ascii_host}]"
    port = f":{parts.port}" if parts.port else ""
    keep = "/%:@!$&'()*+,;=~-._"
    return urlunsplit(
        (
            parts.scheme,
            ascii_host + port,
            quote(parts.path or "/", safe=keep),
            quote(parts.query, safe=keep + "?"),
            "",
        )
    )


def fraud_type(request: Request) -> str:
    """From the scheme of the reports behind it; a shop's page is about shopping."""
    links = list(request.links.values_list("kind", "key"))
    meant = Q(public_id__in=[key for kind, key in links if kind == "report"])
    meant |= Q(cases__public_id__in=[key for kind, key in links if kind == "case"])
    reports = Report.objects.filter(meant, unit=request.unit) if links else Report.objects.none()
    for scheme in reports.order_by("pk").values_list("scheme", flat=True):
        if scheme in FRAUD:
            return FRAUD[scheme]
    return "shopping" if request.partner.kind == "classifieds" else "other"


def wallets_of(request: Request) -> list[dict[str, str]]:
    found = Indicator.objects.of("listing", request.listing or request.address)
    rows = found.filter(type__in=WALLETS).order_by("pk").distinct()[:10]
    return [{"currency": WALLETS[row.type], "address": row.value_key} for row in rows]


def items(evidence: Evidence) -> Iterator[dict[str, Any]]:
    """The manifest with every file's SHA-256, then pictures while they are small."""
    manifest = json.dumps(evidence.manifest, ensure_ascii=False, sort_keys=True).encode()
    yield item("application/json", manifest, "Manifest: SHA-256 of every captured file")
    left = LARGEST_ALL - len(manifest)
    for file in pictures(evidence.outgoing_files())[:MOST_PICTURES]:
        shown = smaller(file)
        if shown is None or len(shown[1]) > left:
            continue
        media_type, content, text = shown
        left -= len(content)
        yield item(media_type, content, text)


def item(media_type: str, content: bytes, text: str) -> dict[str, Any]:
    return {
        "content_type": media_type,
        "description": text[: LONGEST["evidence"]],
        "payload": base64.b64encode(content).decode(),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "size": len(content),
    }


def pictures(files: Iterable[EvidenceFile]) -> list[EvidenceFile]:
    """The page first, then the advert's photos."""
    shown = [file for file in files if file.media_type in {"image/png", "image/jpeg"}]
    return sorted(shown, key=lambda file: (not file.name.startswith(("page", "screen")), file.name))


def smaller(file: EvidenceFile) -> tuple[str, bytes, str] | None:
    """The picture itself, or a copy of it that a letter can carry."""
    if file.size <= LARGEST_PICTURE:
        return file.media_type, file.content(), file.name
    if file.size > 8 * LARGEST_ITEM:
        return None
    try:
        content = reduced(file.content())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    return "image/jpeg", content, f"Reduced copy of {file.name}, sha256:{file.sha256}"


def reduced(content: bytes) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            picture.draft("RGB", COPY)
            small = picture.convert("RGB")
    small.thumbnail(COPY)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=70, optimize=True)
    return out.getvalue()
