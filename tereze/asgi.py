import os

from django.core.asgi import get_asgi_application


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tereze.settings")
django_application = get_asgi_application()

from tereze.core.assets import with_assets  # noqa: E402 - settings must be there first


application = with_assets(django_application)
