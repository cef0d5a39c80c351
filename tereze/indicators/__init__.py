"""Identifiers of fraudsters in free text: found, put into one form, checked.

A library without database, network or settings:

>>> from tereze.indicators import extract
>>> [(i.type, i.value) for i in extract("звоните 8 (701) 123-45-67")]
[('phone', '+77011234567')]

How adverts of the classifieds sites are addressed is in `tereze.indicators.platforms`.
"""

from tereze.indicators.display import mask
from tereze.indicators.extraction import extract
from tereze.indicators.folding import Folded, fold
from tereze.indicators.hubs import is_hub
from tereze.indicators.model import TYPES, Indicator
from tereze.indicators.typed import normalise


__all__ = ["TYPES", "Folded", "Indicator", "extract", "fold", "is_hub", "mask", "normalise"]
