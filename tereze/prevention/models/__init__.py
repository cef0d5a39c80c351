from tereze.prevention.models.quota import CheckCount


__all__ = ["CheckCount"]
