from tereze.casework.actions.evidence import (
    Part,
    StoredPart,
    export,
    hand_over,
    note_reading,
    seal_evidence,
    store_parts,
)


__all__ = [
    "Part",
    "StoredPart",
    "export",
    "hand_over",
    "note_reading",
    "seal_evidence",
    "store_parts",
]
