"""A chat that was handed over: read, judged, decided once, forgotten."""

import pytest

from tereze.accounts.models import User
from tereze.core import vault
from tereze.watch.actions import asking, officers, retention
from tereze.watch.models import Act, ChatRequest, Decision, Message, Seal, Source, Submission
from tests.unit.watch.submissions.conftest import CHAT, Send, zipped
from tests.watching import Time


pytestmark = pytest.mark.django_db


def test_an_export_is_read_and_its_advert_waits_for_people(send: Send) -> None:
    sent = send(**{"Чат WhatsApp с контактом Дом 5.txt": CHAT.encode()})
    assert (sent.state, sent.messages_read, sent.messages_new) == ("read", 3, 3)
    assert sent.source is not None
    assert (sent.source.kind, sent.source.title) == ("whatsapp", "Дом 5")
    (finding,) = sent.findings.all()
    assert (finding.message.standing, finding.message.outcome) == ("waiting", "illegal")
    assert finding.message.author["id"] == "+77011234567"
    assert not Decision.objects.exists()


def test_asking_seals_first_and_the_administrator_confirms(send: Send, chief: User) -> None:
    sent = send(**{"Чат WhatsApp с контактом Дом 5.txt": CHAT.encode()})
    message = sent.findings.get().message
    officers.ask_to_delete(message=message, by=chief)
    assert Seal.objects.get().message == message
    request = ChatRequest.objects.get()
    asking.sent(request=request, by=chief)
    asking.confirm(request=request, by=chief.actor)
    act = Act.objects.get()
    assert (act.kind, act.state, act.look) == ("ask", "done", "unknown")
    assert Message.objects.get(pk=message.pk).standing == "confirmed"
