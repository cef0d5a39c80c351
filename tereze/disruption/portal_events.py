"""What the journal's events of the portal are called on screen."""

from django.utils.translation import gettext_lazy as _


PORTAL_EVENTS = {
    "partner.member_added": _("сотрудник партнёра допущен к порталу"),
    "partner.duty_set": _("сотруднику партнёра изменены обязанности"),
    "partner.second_step_required": _("партнёр сделал второй шаг входа обязательным"),
    "partner.second_step_free": _("партнёр снял обязательность второго шага входа"),
}
