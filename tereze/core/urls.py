from django.urls import path

from tereze.core import views


app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("gallery/", views.gallery, name="gallery"),
    path("offline/", views.offline, name="offline"),
]
