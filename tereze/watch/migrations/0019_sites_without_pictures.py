"""Nobody was asked whether pictures of a site are to be read, and until now none were."""

from typing import Any

from django.db import migrations


def leave(apps: Any, schema_editor: Any) -> None:
    sites = apps.get_model("watch", "Source").objects.filter(kind__in=["feed", "page"])
    sites.update(pictures="leave")


class Migration(migrations.Migration):
    dependencies = [("watch", "0018_marks_that_need_no_rows")]

    operations = [migrations.RunPython(leave, migrations.RunPython.noop)]
