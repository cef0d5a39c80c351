"""Is this text a fraud, which one, and why. Plain Python: no Django, no network.

>>> from tereze.detection import assess
>>> assess("Куплю карту, оплата сразу").outcome
<Outcome.ILLEGAL: 'illegal'>

The engine, with numpy and its tables, is loaded when something of it is first asked for: whoever
only names an outcome or a scheme does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tereze.detection.assessment import Assessment, Document, Outcome, Reason, SchemeScore


if TYPE_CHECKING:
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
_LATER = {
    "assess": "engine",
    "assess_many": "engine",
    "fingerprint": "fingerprints",
    "similarity": "fingerprints",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
