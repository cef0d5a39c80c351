"""What /metrics measures. Apps add their own: `gauges.register("tereze_blind_sources", help, function)`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db import DatabaseError
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tereze.core import due
from tereze.core.clock import now
from tereze.core.readiness import checks


Values = Mapping[str, float]  # by label; "" where there is only one


@dataclass(frozen=True)
class Gauge:
    name: str
    help: str
    measure: Callable[[], Values]
    label: str


GAUGES: list[Gauge] = []


def register(name: str, help: str, measure: Callable[[], Values], *, label: str = "") -> None:  # noqa: A002
    GAUGES.append(Gauge(name, help, measure, label))


class Loop(Collector):
    """Measured when it is asked for. Without a database there is only less to say."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in GAUGES:
            family = GaugeMetricFamily(
                gauge.name, gauge.help, labels=[gauge.label] if gauge.label else []
            )
            try:
                values = gauge.measure()
            except DatabaseError:
                continue
            for label, value in values.items():
                family.add_metric([label] if gauge.label else [], value)
            yield family


registry = CollectorRegistry(auto_describe=False)
registry.register(Loop())


def ready() -> Values:
    return {name: state == "ok" for name, state in checks().items()}


def waiting() -> Values:
    return {
        task.model.__name__: task.model.objects.filter(next_action_at__lte=now()).count()
        for task in due.HANDLERS
    }


def oldest() -> Values:
    """Seconds since the row that waits longest became due."""
    ages = {}
    for task in due.HANDLERS:
        found = task.model.objects.filter(next_action_at__lte=now()).order_by("next_action_at")
        first = found.values_list("next_action_at", flat=True).first()
        ages[task.model.__name__] = (now() - first).total_seconds() if first else 0.0
    return ages


register("tereze_ready", "1 where /readyz says ok", ready, label="check")
register("tereze_due_rows", "Work that is due and waits", waiting, label="work")
register("tereze_due_oldest_seconds", "Age of the work that waits longest", oldest, label="work")
