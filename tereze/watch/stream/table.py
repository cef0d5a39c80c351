"""The stream as a person reads it in a terminal."""

from django.utils.translation import gettext as _

from tereze.core.clock import now
from tereze.watch.stream.state import AtWork, State


def table(state: State) -> str:
    rows = [
        (_("ждут"), str(state.pending)),
        (_("у обработчиков"), str(state.ack_pending)),
        (_("из них выданы повторно"), str(state.redelivered)),
        (_("самое старое, секунд"), f"{state.oldest:.0f}"),
        (_("отложены для человека"), str(state.dead)),
        (_("потребителей"), str(state.consumers)),
        (
            _("узлов с полной копией"),
            f"{state.nodes_current}/{state.nodes} ({state.leader or '–'})",
        ),
    ]
    width = max(len(name) for name, _value in rows)
    lines = [f"{name:<{width}}  {value}" for name, value in rows]
    if state.is_late:
        lines.append(_("Поток отстаёт: чаты читаются, но решать некому или не успевают."))
    if state.dead:
        lines.append(_("Отложенное вернёт в поток команда: tereze stream retry"))
    return "\n".join([*lines, "", *workers(state)])


def workers(state: State) -> list[str]:
    if not state.workers:
        return [_("Обработчиков нет: запустите tereze stream work")]
    rows = [
        (_("обработчик"), _("отозвался"), _("решено"), _("отложено"), _("исполняет")),
        *map(row, state.workers),
    ]
    widths = [max(len(one[at]) for one in rows) for at in range(5)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(one, widths, strict=True)).rstrip()
        for one in rows
    ]


def row(worker: AtWork) -> tuple[str, str, str, str, str]:
    ago = _("%(seconds)s с назад") % {"seconds": round((now() - worker.at).total_seconds())}
    seen = ago if worker.is_there else _("пропал, %(ago)s") % {"ago": ago}
    return worker.name, seen, str(worker.done), str(worker.dead), str(worker.acting)
