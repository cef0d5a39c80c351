from django.urls import URLPattern


app_name = "disruption"
urlpatterns: list[URLPattern] = []
