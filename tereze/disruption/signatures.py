"""Checks a detached signature with the tool the city has configured (TEREZE_SIGNATURE_VERIFIER).

The tool gets two files and says by its exit code whether the signature holds: `openssl cms -verify`
for RSA, the National Certification Authority's own program for Kazakh keys.
"""

import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

from tereze.core import due, outgoing
from tereze.core.actor import Actor
from tereze.disruption.actions.enclosing import record_check
from tereze.disruption.document import NAME
from tereze.disruption.models import Enclosure


BY = Actor.machine("signatures")
PATIENCE = 60  # seconds


@due.handler(Enclosure, lane="signatures")
def check(row: Enclosure) -> None:
    signature, document = row.evidence.file(row.name), row.evidence.file(NAME)
    if row.state != Enclosure.State.WAITING or signature is None or document is None:
        return
    outgoing.outside_transaction()
    holds, said = run_tool(document.content(), signature.content())
    record_check(enclosure=row, holds=holds, note=said, by=BY)


def run_tool(document: bytes, signature: bytes) -> tuple[bool, str]:
    with tempfile.TemporaryDirectory(prefix="tereze-signature-") as folder:
        files = {"document": Path(folder) / "document", "signature": Path(folder) / "signature"}
        files["document"].write_bytes(document)
        files["signature"].write_bytes(signature)
        command = [part.format(**files) for part in settings.SIGNATURE_VERIFIER]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    said = (done.stderr or done.stdout).decode(errors="replace").replace(folder, "")
    return done.returncode == 0, said.strip()
