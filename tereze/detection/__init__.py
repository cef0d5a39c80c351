"""Is this text a fraud, which one, and why. Plain Python: no Django, no network.

>>> from tereze.detection import assess, assess_many
from tereze.detection.fingerprints import fingerprint, similarity
>>> assess("Куплю карту, оплата сразу").outcome
<Outcome.ILLEGAL: 'illegal'>
"""

from tereze.detection.assessment import Assessment, Document, Outcome, Reason, SchemeScore
from tereze.detection.engine import assess, assess_many
from tereze.detection.fingerprints import fingerprint, similarity


__all__ = [
    "Assessment",
    "Document",
    "Outcome",
    "Reason",
    "SchemeScore",
    "assess",
    "assess_many",
    "fingerprint",
    "similarity",
]
