from django.apps import AppConfig


class DisruptionConfig(AppConfig):
    name = "tereze.disruption"
