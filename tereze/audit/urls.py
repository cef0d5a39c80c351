from django.urls import path

from tereze.audit import views


app_name = "audit"
urlpatterns = [path("desk/journal/", views.journal, name="journal")]
