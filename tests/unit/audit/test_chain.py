import contextlib
import io
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from tereze.audit import witness
from tereze.audit.chain import seal_committed, verify
from tereze.audit.models import AuditEvent, ChainHead, record
from tereze.core.actor import Actor
from tereze.core.readiness import checks


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


def cut(position: int) -> None:
    """Whoever may write to the database cuts the end off and puts the head where it then fits."""
    AuditEvent.objects.filter(position__gte=position).delete()
    last = AuditEvent.objects.get(position=position - 1)
    ChainHead.objects.update(position=last.position, seal=last.seal)


def begin_anew() -> None:
    """They let our own sealer seal a history that they wrote."""
    ChainHead.objects.all().delete()
    AuditEvent.objects.update(position=None, previous="", seal="", actor_name="Иванов")


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize(
    ("tamper", "broken_at"),
    [
        (lambda: cut(4), 4),
        (lambda: ChainHead.objects.all().delete(), 6),
        (lambda: AuditEvent.objects.filter(position=5).update(position=None, kind="x"), 5),
        (begin_anew, 1),
        (lambda: (AuditEvent.objects.all().delete(), ChainHead.objects.all().delete()), 1),
    ],
    ids=["tail cut, head moved", "head deleted", "back in the queue", "anew", "everything gone"],
)
def test_a_chain_that_was_cut_never_fits_again(
    tamper: Callable[[], object], broken_at: int
) -> None:
    tamper()
    assert verify().broken_at == broken_at
    for number in range(9):
        record("report.registered", target=f"intake.Report:1{number}", by=BY)
    with contextlib.suppress(IntegrityError), transaction.atomic():
        seal_committed()
    assert verify().broken_at is not None


def test_an_empty_journal_is_whole() -> None:
    seal_committed()
    assert verify().broken_at is None
    assert checks()["journal"] == "ok"


@pytest.mark.usefixtures("chain")
def test_a_probe_hears_of_a_lost_link() -> None:
    assert checks()["journal"] == "ok"
    cut(4)
    assert "audit verify" in checks()["journal"]


@pytest.mark.usefixtures("chain")
def test_a_link_written_down_elsewhere_outlives_the_machine() -> None:
    call_command("audit", "verify", stdout=(out := io.StringIO()))
    link = out.getvalue().partition("the last is ")[2].strip()
    witness.path().unlink()
    call_command("audit", "verify", "--holds", link, stdout=io.StringIO())
    begin_anew()
    seal_committed()
    assert verify().broken_at is None, "nothing on this machine remembers"
    with pytest.raises(SystemExit):
        call_command("audit", "verify", "--holds", link, stderr=(errors := io.StringIO()))
    assert "link 5" in errors.getvalue()


@pytest.mark.usefixtures("chain")
def test_the_command_names_the_first_broken_link_and_exits_1() -> None:
    call_command("audit", "verify", stdout=(out := io.StringIO()))
    assert "5 links" in out.getvalue()
    AuditEvent.objects.filter(position=2).update(kind="x")
    with pytest.raises(SystemExit) as stopped:
        call_command("audit", "verify", stderr=(errors := io.StringIO()))
    assert stopped.value.code == 1
    assert "link 2" in errors.getvalue()
