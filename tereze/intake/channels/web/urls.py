from django.urls import path

from tereze.intake.channels.web import follow, views


urlpatterns = [
    path("report/", views.report, name="report"),
    path("report/sent/<str:token>/", views.sent, name="sent"),
    path("follow/", follow.enter, name="follow"),
    path("follow/report/", follow.show, name="followed"),
    path("follow/add/", follow.add, name="follow_add"),
    path("follow/leave/", follow.leave, name="follow_leave"),
]
