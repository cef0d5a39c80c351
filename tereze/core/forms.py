"""Forms look the same everywhere: `{{ form }}` and `{{ form.field.as_field_group }}` alike."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "core/components/form.html"
    field_template_name = "core/components/field.html"
