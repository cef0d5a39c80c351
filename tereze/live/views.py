from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from tereze.core.access import for_everyone_logged_in
from tereze.live.hub import hub
from tereze.live.topics import allowed


@for_everyone_logged_in
async def stream(request: HttpRequest) -> HttpResponseBase:
    """The event stream. Each topic is authorised when the stream is opened."""
    user = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    wanted = request.GET.getlist("topic")[:20]
    topics = await sync_to_async(lambda: {topic for topic in wanted if allowed(user, topic)})()
    return StreamingHttpResponse(
        hub.stream(topics),
        content_type="text/event-stream",
        headers={
            "Cache-Control": "no-cache",
            "X-Accel-Buffering": "no",
        },
    )
