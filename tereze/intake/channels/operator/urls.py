from django.urls import path

from tereze.intake.channels.operator import views


urlpatterns = [
    path("desk/intake/new/", views.new, name="call"),
    path("desk/intake/new/hints/", views.hints, name="call_hints"),
    path("desk/intake/new/<str:token>/", views.taken, name="call_taken"),
    path("desk/intake/new/<str:token>/print/", views.leaflet, name="call_leaflet"),
]
