"""The partner's pages, and the desk's half of what is said between the sides; included by `urls`."""

from django.urls import path

from tereze.disruption.views import portal, portal_figures, portal_queue, staff, thread


ONE = "portal/<str:key>/"
urlpatterns = [
    path("desk/requests/<str:key>/thread/", thread.panel, name="thread"),
    path("desk/requests/<str:key>/say/", thread.say, name="say"),
    path("desk/requests/<str:key>/decide/", thread.decide, name="decide_appeal"),
    path("desk/partners/<str:key>/staff/", staff.first_account, name="partner_account"),
    path("portal/", portal_queue.queue, name="portal"),
    path("portal/answer/", portal_queue.answer_many, name="portal_answer_many"),
    path("portal/figures/", portal_figures.page, name="portal_figures"),
    path("portal/figures/table.csv", portal_figures.table, name="portal_figures_csv"),
    path("portal/staff/", staff.page, name="portal_staff"),
    path("portal/staff/new/", staff.new, name="portal_staff_new"),
    path("portal/staff/code/", staff.require_code, name="portal_staff_code"),
    path("portal/staff/<str:key>/", staff.change, name="portal_staff_change"),
    path(ONE, portal.show, name="portal_request"),
    path(f"{ONE}acknowledge/", portal.acknowledge, name="portal_acknowledge"),
    path(f"{ONE}answer/", portal.answer, name="portal_answer"),
    path(f"{ONE}say/", portal.say, name="portal_say"),
    path(f"{ONE}package/", portal.package, name="portal_package"),
    path(f"{ONE}thumb.jpg", portal.thumbnail, name="portal_thumbnail"),
    path(f"{ONE}file/<str:name>", portal.portal_file, name="portal_file"),
]
