"""WACZ, the web archive that standard viewers replay: written here, and checked here.

A capture is one WARC with a request's answer a record, an index to find them, the list of pages,
and a data package with a hash of each. Plain functions: the process that looks at hostile pages
writes it, the verifier reads it without database or keys. (https://specs.webrecorder.net/wacz/1.1.1)
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


VERSION = "1.1.1"
WARC, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
# the browser hands bodies over decoded and whole: these would speak of what came over the line
DECODED = {"content-encoding", "transfer-encoding", "content-length"}
LONGEST_TEXT = 50_000
LARGEST = 400 * 1024 * 1024
LARGEST_BODY = 100 * 1024 * 1024
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ArchiveLoadFailed,
    KeyError,
    TypeError,
    ValueError,
    OSError,
    StopIteration,
    IndexError,
    AttributeError,
)


@dataclass(frozen=True)
class Record:
    """One answer of the web, as the browser had it."""

    url: str
    at: datetime
    status: int
    reason: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    asked: Sequence[tuple[str, str]] = ()  # the request's headers
    method: str = "GET"

    @property
    def mime(self) -> str:
        kinds = [value for name, value in self.headers if name.lower() == "content-type"]
        return kinds[0].partition(";")[0].strip() if kinds else "application/octet-stream"


@dataclass(frozen=True)
class WebPage:
    url: str
    at: datetime
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class About:
    title: str
    software: str
    created: datetime
    description: str = ""


@dataclass
class Writing:
    """A WARC being written, and where in it each record lies."""

    out: io.BytesIO = field(default_factory=io.BytesIO)
    lines: list[str] = field(default_factory=list)


def build(records: Sequence[Record], pages: Sequence[WebPage], about: About) -> bytes:
    """The pages come first in the viewer's list in the order given."""
    warc = Writing()
    writer = WARCWriter(warc.out, gzip=True)
    info = {"software": about.software, "format": "WARC File Format 1.0", "isPartOf": about.title}
    writer.write_record(writer.create_warcinfo_record("data.warc.gz", info))
    for record in records:
        write(writer, record, warc)
    files = {
        WARC: warc.out.getvalue(),
        INDEX: "".join(f"{line}\n" for line in sorted(warc.lines)).encode(),
        PAGES: "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows(pages)).encode(),
    }
    package = json_of(data_package(files, pages, about))
    files[PACKAGE] = package
    files[DIGEST] = json_of({"path": PACKAGE, "hash": sha256(package)})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name == WARC else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, about.created.timetuple()[:6]), content, kind)
    return out.getvalue()


def write(writer: WARCWriter, record: Record, warc: Writing) -> None:
    headers = [(n, v) for n, v in record.headers if n.lower() not in DECODED]
    headers.append(("Content-Length", str(len(record.body))))
    answer = StatusAndHeaders(f"{record.status} {record.reason}".strip(), headers, "HTTP/1.1")
    when = {"WARC-Date": record.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    response = writer.create_warc_record(
        record.url,
        "response",
        io.BytesIO(record.body),
        length=len(record.body),
        http_headers=answer,
        warc_headers_dict=when,
    )
    parts = urlsplit(record.url)
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    line = StatusAndHeaders(
        f"{record.method} {target} HTTP/1.1", list(record.asked), is_http_request=True
    )
    request = writer.create_warc_record(
        record.url, "request", http_headers=line, warc_headers_dict=dict(when)
    )
    start = warc.out.tell()
    writer.write_record(response)
    found = {
        "url": record.url,
        "mime": record.mime,
        "status": str(record.status),
        "digest": response.rec_headers.get_header("WARC-Payload-Digest"),
        "length": str(warc.out.tell() - start),
        "offset": str(start),
        "filename": WARC.rpartition("/")[2],
    }
    warc.lines.append(f"{sort_key(record.url)} {record.at:%Y%m%d%H%M%S} {json.dumps(found)}")
    writer.write_record(request)


def sort_key(url: str) -> str:
    """`https://www.olx.kz/d/x` → `kz,olx)/d/x`: how indexes of web archives are ordered."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in {80, 443} else ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True))).lower()
    path = (parts.path or "/").lower()
    return f"{','.join(reversed(host.split('.')))}{port}){path}{'?' + query if query else ''}"


def rows(pages: Sequence[WebPage]) -> list[dict[str, Any]]:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
    return [
        head,
        *(
            {
                "id": hashlib.sha256(f"{page.url} {page.at.isoformat()}".encode()).hexdigest()[:22],
                "url": page.url,
                "ts": stamp(page.at),
                "title": page.title,
                "text": page.text[:LONGEST_TEXT],
            }
            for page in pages
        ),
    ]


def data_package(files: dict[str, bytes], pages: Sequence[WebPage], about: About) -> dict[str, Any]:
    first = {"mainPageUrl": pages[0].url, "mainPageDate": stamp(pages[0].at)} if pages else {}
    return {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": about.title,
        "description": about.description,
        "created": stamp(about.created),
        "software": about.software,
        **first,
        "resources": [
            {
                "name": name.rpartition("/")[2],
                "path": name,
                "hash": sha256(content),
                "bytes": len(content),
            }
            for name, content in files.items()
        ],
    }


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def json_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def problems(content: bytes) -> list[str]:
    """What a viewer would stumble over: hashes, pages without a record, records not where said."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                return ["larger than any capture"]
            files = {name: archive.read(name) for name in archive.namelist()}
        return [*hashes_wrong(files), *pages_missing(files)]
    except UNREADABLE as error:
        return [f"not a web archive ({error})"]


def hashes_wrong(files: dict[str, bytes]) -> list[str]:
    package = json.loads(files[PACKAGE])
    found = [] if json.loads(files[DIGEST])["hash"] == sha256(files[PACKAGE]) else [PACKAGE]
    listed = {entry["path"]: entry["hash"] for entry in package["resources"]}
    found += [path for path, wanted in listed.items() if sha256(files.get(path, b"")) != wanted]
    return [f"{name}: not what its data package says" for name in found]


def pages_missing(files: dict[str, bytes]) -> list[str]:
    held = {record.url for record in read(files)}
    pages = [json.loads(line)["url"] for line in files[PAGES].decode().splitlines()[1:]]
    found = [] if pages else ["no pages listed"]
    return found + [
        f"{url}: listed as a page, not in the archive" for url in pages if url not in held
    ]


def read(files: dict[str, bytes]) -> list[Record]:
    """Every answer the index knows, taken from the place where the index says it is."""
    found = []
    for line in files[INDEX].decode().splitlines():
        at, entry = line.split(" ", 2)[1], json.loads(line.split(" ", 2)[2])
        start, length = int(entry["offset"]), int(entry["length"])
        piece = files[WARC][start : start + length]
        record = next(iter(ArchiveIterator(io.BytesIO(piece))))
        body = record.content_stream().read(LARGEST_BODY)
        headers = record.http_headers
        if record.rec_headers.get_header("WARC-Target-URI") != entry["url"] or headers is None:
            raise ValueError(f"{entry['url']}: another record stands there")
        found.append(
            Record(
                url=entry["url"],
                at=datetime.strptime(at, "%Y%m%d%H%M%S").replace(tzinfo=UTC),
                status=int(headers.get_statuscode()),
                headers=[(name, value) for name, value in headers.headers],
                body=body,
            )
        )
    return found
