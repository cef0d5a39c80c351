from django.urls import path

from tereze.statistics.views import figures, line, meeting, public, register


app_name = "statistics"
urlpatterns = [
    path("desk/figures/", figures.figures, name="figures"),
    path("desk/figures/list/<slug:what>/", figures.show_list, name="list"),
    path("desk/figures/csv/<slug:table>/", figures.as_csv, name="csv"),
    path("desk/figures/line/", line.direct_line, name="line"),
    path("desk/figures/line/csv/<slug:table>/", line.line_csv, name="line_csv"),
    path("desk/figures/meeting/<str:key>/", meeting.meeting, name="meeting"),
    path("desk/figures/meeting/<str:key>/panel/", meeting.panel, name="meeting_panel"),
    path("desk/figures/meeting/<str:key>/sheet.pdf", meeting.meeting_pdf, name="meeting_pdf"),
    path("desk/interventions/", register.register, name="interventions"),
    path("transparency/line/", public.line, name="public_line"),
    path("transparency/", register.transparency, name="transparency"),
]
