from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tereze.accounts"
