from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "tereze.watch"

    def ready(self) -> None:
        from tereze.watch import registrations  # noqa: F401 - menu, topics, work and ticks
