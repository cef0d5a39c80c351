from django.urls import path

from tereze.accounts import pages, views


app_name = "accounts"
urlpatterns = [
    path("login/", views.log_in, name="login"),
    path("login/code/", views.enter_code, name="code"),
    path("logout/", views.log_out, name="logout"),
    path("desk/profile/", pages.profile, name="profile"),
    path("desk/profile/second-step", pages.set_up_second_step, name="second_step"),
    path("desk/users/", pages.users, name="users"),
    path("desk/users/new", pages.new_user, name="new_user"),
    path("desk/users/<str:key>/<str:what>", pages.change_user, name="change_user"),
]
