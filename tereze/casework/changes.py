"""The changes a case page offers: each a form, a right, and the action it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tereze.accounts.models import User
from tereze.accounts.permissions import Permission
from tereze.casework import forms
from tereze.casework.actions import cases as actions
from tereze.casework.actions import store_parts
from tereze.casework.models import Case


@dataclass(frozen=True)
class Change:
    label: Any
    form: type[forms.CaseForm]
    permission: str
    apply: Callable[[Case, dict[str, Any], User], object]
    key: str = ""


CHANGES: dict[str, Change] = {
    "task": Change(
        _("Новая задача"),
        forms.TaskForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.add_task(case=case, by=user.actor, **data),
        "t",
    ),
    "note": Change(
        _("Заметка"),
        forms.NoteForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.add_note(case=case, author=user, **data),
        "n",
    ),
    "report": Change(
        _("Присоединить сообщение"),
        forms.ReportForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.add_report(
            case=case, report=data["number"], by=user.actor
        ),
        "r",
    ),
    "person": Change(
        _("Добавить лицо"),
        forms.PersonForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.add_person(case=case, by=user.actor, **data),
        "p",
    ),
    "evidence": Change(
        _("Приложить доказательство"),
        forms.EvidenceForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.add_evidence(
            case=case, files=store_parts([data["file"]]), origin=data["origin"], by=user.actor
        ),
        "f",
    ),
    "kui": Change(
        _("Внести номер КУИ"),
        forms.KuiForm,
        Permission.REPORT_KUI,
        lambda case, data, user: actions.enter_kui(case=case, by=user.actor, **data),
        "k",
    ),
    "offence": Change(
        _("Внести номер ЕРДР"),
        forms.OffenceForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.register_offence(case=case, by=user.actor, **data),
        "e",
    ),
    "state": Change(
        _("Изменить состояние"),
        forms.StateForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.change_state(case=case, by=user.actor, **data),
        "s",
    ),
    "admit": Change(
        _("Допустить к делу"),
        forms.ColleagueForm,
        Permission.CASE_WORK,
        lambda case, data, user: actions.admit(case=case, user=data["user"], by=user.actor),
        "a",
    ),
    "assign": Change(
        _("Назначить ответственного"),
        forms.OwnerForm,
        Permission.CASE_ASSIGN,
        lambda case, data, user: actions.assign(
            case=case, owner=data["user"], seen=data["seen"], by=user.actor
        ),
        "o",
    ),
}
