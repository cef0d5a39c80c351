from django.urls import path

from tereze.accounts import views


app_name = "accounts"
urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("login/code/", views.enter_code, name="code"),
    path("logout/", views.log_out, name="logout"),
]
