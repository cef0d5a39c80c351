from django.urls import path

from tereze.casework import views


app_name = "casework"
urlpatterns = [
    path("desk/cases/", views.cases, name="cases"),
    path("desk/cases/new", views.new_case, name="new"),
    path("desk/cases/panel/report/<str:key>", views.report_panel, name="report_panel"),
    path("desk/cases/<str:key>/", views.case_page, name="case"),
    path("desk/cases/<str:key>/tasks/<int:number>", views.toggle_task, name="task"),
    path("desk/cases/<str:key>/join/<str:report_key>", views.join_case, name="join"),
    path("desk/cases/<str:key>/<str:what>", views.change_case, name="change"),
]
