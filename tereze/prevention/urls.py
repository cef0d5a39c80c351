from django.urls import path

from tereze.prevention.views import check


app_name = "prevention"
urlpatterns = [
    path("check/", check.check, name="check"),
]
