from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from tereze.core.access import for_everyone_logged_in
from tereze.live.hub import hub
from tereze.live.topics import allowed


@for_everyone_logged_in
async def stream(request: HttpRequest) -> HttpResponseBase:
    """The event stream. Each topic is authorised when the stream is opened."""
    user = await request.auser()
    topics = {topic for topic in request.GET.getlist("topic")[:20] if allowed(user, topic)}
    if not user.is_authenticated:
        return HttpResponse(status=401)
    return StreamingHttpResponse(
        hub.stream(topics),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
