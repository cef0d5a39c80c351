"""Addresses of the partner's systems; included once by `urls`. Before `portal/<str:key>/`."""

from django.urls import path

from tereze.disruption.views import partner_systems, reasons


urlpatterns = [
    path("desk/partners/<str:key>/systems/", partner_systems.for_officer, name="partner_systems"),
    path("desk/requests/<str:key>/reasons.json", reasons.for_officer, name="reasons"),
    path("portal/systems/", partner_systems.for_manager, name="portal_systems"),
    path("portal/guide/<str:name>/", partner_systems.portal_guide, name="portal_guide"),
    path("portal/<str:key>/reasons.json", reasons.for_partner, name="portal_reasons"),
]
