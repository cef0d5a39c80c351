from tereze.casework.models.evidence import CustodyEntry, Evidence, EvidenceFile


__all__ = ["CustodyEntry", "Evidence", "EvidenceFile"]
