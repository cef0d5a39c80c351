from django.urls import path

from tereze.prevention.views import check, corrections, events, leaflet, radar, warnings


app_name = "prevention"
urlpatterns = [
    path("check/", check.check, name="check"),
    path("check/correction/", corrections.ask, name="correction"),
    path("check/correction/sent/", corrections.sent, name="correction_sent"),
    path("warnings/", warnings.published, name="warnings"),
    path("warnings/feed/<slug:language>/", warnings.feed, name="feed"),
    path("warnings/<str:public_id>/", warnings.read, name="warning"),
    path("leaflet/", leaflet.leaflet, name="leaflet"),
    path("desk/warnings/", warnings.desk, name="desk_warnings"),
    path("desk/warnings/new/", warnings.write, name="new_warning"),
    path("desk/warnings/message/<str:key>/", warnings.message_panel, name="message_panel"),
    path("desk/warnings/<str:public_id>/", warnings.write, name="change_warning"),
    path("desk/warnings/<str:public_id>/decide/", warnings.decide, name="decide_warning"),
    path("desk/radar/", radar.radar, name="radar"),
    path("desk/radar/<str:public_id>/name/", radar.name, name="name_topic"),
    path("desk/radar/<str:public_id>/show/", radar.show, name="show_topic"),
    path("desk/corrections/", corrections.corrections, name="corrections"),
    path("desk/corrections/<str:public_id>/", corrections.answer, name="answer_correction"),
    path("desk/events/", events.events, name="events"),
    path("desk/events/csv/", events.as_csv, name="events_csv"),
    path("desk/events/new/", events.plan, name="plan_event"),
    path("desk/events/<str:public_id>/", events.event, name="event"),
]
