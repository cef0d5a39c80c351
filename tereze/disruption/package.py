"""The evidence package a partner may have: what is marked as holding no victim's data, no more."""

import hashlib
import io
import zipfile

from tereze.casework.actions import hand_over
from tereze.casework.custody import canonical
from tereze.casework.models import Evidence
from tereze.casework.package import EARLIEST, Package
from tereze.core.actor import Actor


INSTRUCTIONS = """\
Доказательство {key}

  files/         файлы, как они были получены (без данных заявителей)
  manifest.json  опись: что, где и когда увидено; имя, размер и SHA-256 каждого файла,
                 в том числе тех, которые остались в полиции
  SHA256SUMS     контрольные суммы переданных файлов

Проверить:
  sha256sum -c SHA256SUMS
  sha256sum manifest.json     должно быть {manifest}

To verify: `sha256sum -c SHA256SUMS`; the hash of manifest.json is the one printed above and in the
request's document (`evidence.manifest_sha256`).
"""


def outgoing_package(*, evidence: Evidence, to: str, by: Actor) -> Package:
    """Zipped for them; who took it stands in the custody log."""
    hand_over(evidence=evidence, to=to, by=by)
    contents = {file.name: file.content() for file in evidence.outgoing_files()}
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  files/{name}\n"
        for name, content in sorted(contents.items())
    )
    words = INSTRUCTIONS.format(key=evidence.public_id, manifest=evidence.manifest_sha256)
    members = {
        "manifest.json": canonical(evidence.manifest),
        "SHA256SUMS": sums.encode(),
        "README.txt": words.encode(),
        **{f"files/{name}": content for name, content in sorted(contents.items())},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), content)
    return Package(f"evidence-{evidence.public_id}.zip", out.getvalue())
