"""Forms look the same everywhere: `{{ form }}` and `{{ form.field.as_field_group }}` alike."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _


YEARS = range(2000, 2100)  # a slip of the hand beyond them breaks every reckoning with zones


class Renderer(DjangoTemplates):
    form_template_name = "core/components/form.html"
    field_template_name = "core/components/field.html"


class MomentField(forms.DateTimeField):
    """Date and time in the city's zone, by the browser's own picker, in years people live in."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> datetime | None:
        at: datetime | None = super().clean(value)
        if at is not None and at.year not in YEARS:
            raise forms.ValidationError(_("Проверьте год."))
        return at
