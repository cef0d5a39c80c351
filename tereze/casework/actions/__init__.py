from tereze.casework.actions.evidence import (
    Part,
    StoredPart,
    add_stamp,
    export,
    hand_over,
    note_reading,
    seal_evidence,
    store_parts,
)


__all__ = [
    "Part",
    "StoredPart",
    "add_stamp",
    "export",
    "hand_over",
    "note_reading",
    "seal_evidence",
    "store_parts",
]
