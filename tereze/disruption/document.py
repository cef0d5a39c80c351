"""The request as a document: the same bytes for the paper, the signature and whoever checks it."""

from django.template.loader import render_to_string
from django.utils import translation

from tereze.disruption.models import Request


NAME = "document.txt"


def document_of(request: Request) -> bytes:
    """In the partner's language, lines ended as CMS tools expect them to stay."""
    with translation.override(request.partner.language):
        return render_to_string("disruption/by_hand.txt", {"notice": request}).strip().encode()
