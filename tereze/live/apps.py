from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "tereze.live"

    def ready(self) -> None:
        from tereze.live import hub  # noqa: F401 - registers the clean-up
