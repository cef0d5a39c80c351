from django.db import connection


CHANNEL = "tereze_live"


def publish(topic: str) -> None:
    """Announce a change. It is heard if and when the caller's transaction commits."""
    from tereze.live.models import News  # the app registry is not ready when actions are imported

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])
    else:
        News.objects.create(topic=topic)
