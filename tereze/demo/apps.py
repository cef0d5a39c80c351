from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "tereze.demo"

    def ready(self) -> None:
        from tereze.demo import moderators

        moderators.install()
