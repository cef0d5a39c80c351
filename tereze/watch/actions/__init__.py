"""Every change of the wall: sources, messages taken in, decisions, acts, notices, appeals."""
