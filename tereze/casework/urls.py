from django.urls import path

from tereze.casework import evidence_views, views


app_name = "casework"
EVIDENCE = "desk/cases/<str:key>/evidence/<str:evidence_key>"
urlpatterns = [
    path("desk/cases/", views.cases, name="cases"),
    path("desk/cases/new", views.new_case, name="new"),
    path("desk/cases/panel/report/<str:key>", views.report_panel, name="report_panel"),
    path("desk/cases/<str:key>/", views.case_page, name="case"),
    path("desk/cases/<str:key>/tasks/<int:number>", views.tick_task, name="task"),
    path("desk/cases/<str:key>/join/<str:report_key>", views.join_case, name="join"),
    path("desk/cases/<str:key>/part/<str:report_key>", views.part_from_case, name="part"),
    path("desk/cases/<str:key>/people/<int:number>/remove", views.remove_person, name="person"),
    path(f"{EVIDENCE}/", evidence_views.evidence, name="evidence"),
    path(f"{EVIDENCE}/package/", evidence_views.package, name="evidence_package"),
    path(f"{EVIDENCE}/<str:name>", evidence_views.file, name="evidence_file"),
    path("desk/cases/<str:key>/<str:what>", views.change_case, name="change"),
]
