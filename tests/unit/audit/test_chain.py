import io

import pytest
from django.core.management import call_command

from tereze.audit.chain import seal_committed, verify
from tereze.audit.models import AuditEvent, record
from tereze.core.actor import Actor


pytestmark = pytest.mark.django_db
BY = Actor("officer", "oper1", "Ахметов Б.")


@pytest.fixture
def chain() -> None:
    for number in range(5):
        record("report.registered", target=f"intake.Report:{number}", by=BY, detail={"n": number})
    seal_committed()


@pytest.mark.usefixtures("chain")
def test_a_whole_chain_verifies_and_says_what_is_not_sealed_yet() -> None:
    record("report.read", target="intake.Report:1", by=BY)
    verdict = verify()
    assert (verdict.broken_at, verdict.sealed, verdict.unsealed) == (None, 5, 1)


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize(
    "change",
    [{"actor_name": "Иванов"}, {"kind": "report.closed"}, {"target": "x"}, {"detail": {"n": 9}}],
)
def test_an_altered_row_breaks_the_chain_where_it_stands(change: dict[str, object]) -> None:
    AuditEvent.objects.filter(position=3).update(**change)
    assert verify().broken_at == 3


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("position", [1, 3, 5])
def test_a_deleted_row_breaks_the_chain(position: int) -> None:
    AuditEvent.objects.filter(position=position).delete()
    assert verify().broken_at == position


@pytest.mark.usefixtures("chain")
def test_the_command_names_the_first_broken_link_and_exits_1() -> None:
    call_command("audit", "verify", stdout=(out := io.StringIO()))
    assert "5 links" in out.getvalue()
    AuditEvent.objects.filter(position=2).update(kind="x")
    with pytest.raises(SystemExit) as stopped:
        call_command("audit", "verify", stderr=(errors := io.StringIO()))
    assert stopped.value.code == 1
    assert "link 2" in errors.getvalue()
