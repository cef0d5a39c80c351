from django.urls import include, path
from django.views.i18n import set_language

from tereze.accounts import views as accounts
from tereze.core import api
from tereze.core.access import public
from tereze.disruption.partner_api import application as partner_api
from tereze.live import views as live
from tereze.prevention.views import home


urlpatterns = [
    path("", home.home, name="home"),
    path("", include("tereze.core.urls")),
    path("", include("tereze.accounts.urls")),
    path("", include("tereze.audit.urls")),
    path("", include("tereze.intake.urls")),
    path("", include("tereze.casework.urls")),
    path("", include("tereze.disruption.urls")),
    path("", include("tereze.watch.urls")),
    path("", include("tereze.prevention.urls")),
    path("", include("tereze.statistics.urls")),
    path("api/partner/v1/", partner_api.addresses()),
    path("api/", api.addresses()),
    path("desk/", accounts.desk, name="desk"),
    path("live/", live.stream, name="live"),
    path("language/", public(set_language), name="set_language"),
]
