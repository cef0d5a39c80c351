from tereze.casework.models.case import (
    Case,
    CaseMember,
    CasePerson,
    CaseReport,
    Note,
    Offence,
    Task,
)
from tereze.casework.models.evidence import CustodyEntry, Evidence, EvidenceFile
from tereze.casework.models.stamp import Stamp


__all__ = [
    "Case",
    "CaseMember",
    "CasePerson",
    "CaseReport",
    "CustodyEntry",
    "Evidence",
    "EvidenceFile",
    "Note",
    "Offence",
    "Stamp",
    "Task",
]
