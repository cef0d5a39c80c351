from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tereze.audit"

    def ready(self) -> None:
        from tereze.audit import chain  # noqa: F401 - registers the sealer
