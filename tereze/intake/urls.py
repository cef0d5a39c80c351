from django.urls import include, path

from tereze.intake.channels import CHANNELS
from tereze.intake.desk import files, reading, sheet, working


app_name = "intake"
one = "desk/intake/<str:public_id>/"
urlpatterns = [
    *(path("", include(f"tereze.intake.channels.{name}.urls")) for name in CHANNELS),
    path("desk/intake/", reading.reports, name="reports"),
    path("desk/intake/unregistered/", reading.unregistered, name="unregistered"),
    path("desk/intake/file/<str:public_id>/", files.attachment, name="attachment"),
    path("desk/intake/file/<str:public_id>/drawn/", files.drawn, name="drawn"),
    path("desk/intake/file/<str:public_id>/listen/", files.listen, name="listen"),
    path(one, reading.report, name="report_page"),
    path(f"{one}history/", reading.report_history, name="report_history"),
    path(f"{one}identity/", working.identity, name="identity"),
    path(f"{one}sheet/", sheet.sheet, name="sheet"),
    path(f"{one}sheet.<str:kind>", sheet.sheet_file, name="sheet_file"),
    path(f"{one}kui/", working.enter_kui, name="enter_kui"),
    path(f"{one}repeat/", working.close_as_repeat, name="close_as_repeat"),
    path(f"{one}transfer/", working.transfer, name="transfer"),
    path(f"{one}no-offence/", working.propose_no_offence, name="propose_no_offence"),
    path(f"{one}decide/", working.decide_no_offence, name="decide_no_offence"),
    path(f"{one}reopen/", working.reopen, name="reopen"),
    path(f"{one}scheme/", working.set_scheme, name="set_scheme"),
    path(f"{one}supplement/", working.supplement, name="supplement"),
    path(f"{one}picture/<str:picture_id>/", working.picture_words, name="picture_words"),
    path(f"{one}confirm/", working.confirm, name="confirm"),
]
