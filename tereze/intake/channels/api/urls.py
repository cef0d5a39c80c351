from django.urls import path

from tereze.core.api import api
from tereze.intake.channels.api import keys
from tereze.intake.channels.api.reports import router


api.add_router("/v1/reports", router)
urlpatterns = [
    path("desk/intake/keys/", keys.keys, name="api_keys"),
    path("desk/intake/keys/close/", keys.close, name="api_key_close"),
]
