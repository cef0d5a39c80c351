from django.urls import include, path

from tereze.intake.channels import CHANNELS
from tereze.intake.desk import reading


app_name = "intake"
urlpatterns = [
    *(path("", include(f"tereze.intake.channels.{name}.urls")) for name in CHANNELS),
    path("desk/intake/", reading.reports, name="reports"),
    path("desk/intake/<str:public_id>/", reading.report, name="report_page"),
]
