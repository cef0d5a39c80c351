from django.urls import path

from tereze.disruption.views import (
    alike,
    answer_link,
    drafting,
    files,
    panels,
    partners,
    portal,
    queue,
    request,
)


app_name = "disruption"
DESK = "desk/requests/"
ONE = f"{DESK}<str:key>/"
urlpatterns = [
    path(DESK, queue.queue, name="queue"),
    path(f"{DESK}new/", drafting.draft, name="draft"),
    path(f"{DESK}approve/", queue.approve_many, name="approve_many"),
    path(f"{DESK}sellers/", alike.sellers, name="sellers"),
    path(f"{DESK}for/request/<str:key>/", alike.panel, name="alike_panel"),
    path(f"{DESK}batch/<str:key>/", drafting.batch, name="batch"),
    path(f"{DESK}for/report/<str:key>/", panels.report_panel, name="report_panel"),
    path(f"{DESK}for/report/<str:key>/draft/", panels.draft_for_report, name="draft_for_report"),
    path(f"{DESK}for/case/<str:key>/", panels.case_panel, name="case_panel"),
    path(f"{DESK}for/case/<str:key>/draft/", panels.draft_for_case, name="draft_for_case"),
    path(ONE, request.show, name="request"),
    path(f"{ONE}approve/", request.approve, name="approve"),
    path(f"{ONE}capture/", request.capture_again, name="capture_again"),
    path(f"{ONE}screenshot/", request.screenshot, name="screenshot"),
    path(f"{ONE}sent/", request.sent, name="sent"),
    path(f"{ONE}answer/", request.typed_answer, name="typed_answer"),
    path(f"{ONE}supply/", request.supply, name="supply"),
    path(f"{ONE}look/", request.look, name="look"),
    path(f"{ONE}looked/", request.looked, name="looked"),
    path(f"{ONE}close/", request.close, name="close"),
    path(f"{ONE}withdraw/", request.withdraw, name="withdraw"),
    path(f"{ONE}evidence/<str:evidence>/", files.evidence, name="evidence"),
    path(f"{ONE}evidence/<str:evidence>/package/", files.package, name="evidence_package"),
    path(f"{ONE}evidence/<str:evidence>/<str:name>", files.evidence_file, name="evidence_file"),
    path("desk/partners/", partners.partners, name="partners"),
    path("desk/partners/<str:key>/", partners.partner, name="partner"),
    path("desk/partners/<str:key>/terms/", partners.terms, name="partner_terms"),
    path("desk/partners/<str:key>/members/", partners.member, name="partner_member"),
    path("portal/", portal.queue, name="portal"),
    path("portal/answer/", portal.answer_many, name="portal_answer_many"),
    path("portal/<str:key>/", portal.show, name="portal_request"),
    path("portal/<str:key>/acknowledge/", portal.acknowledge, name="portal_acknowledge"),
    path("portal/<str:key>/answer/", portal.answer, name="portal_answer"),
    path("portal/<str:key>/file/<str:name>", portal.portal_file, name="portal_file"),
    path("answer/<str:token>/", answer_link.answer, name="answer"),
    path("answer/<str:token>/file/<str:name>", answer_link.file, name="answer_file"),
]
