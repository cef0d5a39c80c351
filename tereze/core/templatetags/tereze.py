"""The components, one tag each. docs/screens.md shows how a page is built from them.

{% load tereze %}
{{ form }}                               every field the same way (label, hint, error), summary on top
{% error_summary form %}{{ form.text.as_field_group }}      the same, one by one
{% button "Отправить" %}  {% button "Открыть" url=address kind="secondary" key="o" icon="link" %}
{% status "зарегистрировано" "good" %}   plain active good attention over(red) strong blind
{% clock deadline %}  {% clock deadline done_at=answered_at near=30 %}
{% age moment %}  12 мин назад     {% when moment %}  14:05 · 12 мин назад
{{ amount|money }}  {{ number|phone }}
{% chip "phone" value url=address count=3 %}
{% highlight text spans %}               spans: (start, end, kind, label[, url]); kinds indicator
                                         rule disguise ngram; notes=False leaves the list out
{% notice "attention" title="…" %}…{% endnotice %}          active good attention strong
{% card "Заголовок" %}…{% endcard %}     {% disclosure "Подробнее" %}…{% enddisclosure %}
{% empty "Пока пусто" "Что сделать" url=address label="Создать" %}
{% tabs items %}       items: {label, url, current, badge, key}
{% timeline items %}   items: {at, text, who, detail, url, tone}
{% pagination page %}  {% progress 3 10 "Отправлено" %}  {% tile 161 "через OLX" url=address %}
{% bar_chart "Площадки" rows %}  {% line_chart "По неделям" rows %}   rows: (label, value[, url])
{% panel address topics="reports cases" %}   a fragment loaded now and on each `live:` event
{% key "n" %}  {% icon "clock" %}
"""

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tereze.core import charts, wording
from tereze.core import marks as marking
from tereze.core.icons import ICONS


register = template.Library()
TONES = {"plain", "active", "good", "attention", "over", "strong", "blind"}
EMPTY = SafeString("")
STRENGTH = ["ngram", "rule", "disguise", "indicator"]  # which of overlapping marks gives its look


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"></path></svg>',
        ICONS[name],
    )


@register.simple_tag
def key(name: str) -> SafeString:
    return format_html('<kbd class="key">{}</kbd>', name)


@register.inclusion_tag("core/components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    return {"form": form}


def attributes(**given: object) -> SafeString:
    """Attributes that have a value; underscores become hyphens."""
    return format_html_join(
        "",
        ' {}="{}"',
        ((name.rstrip("_").replace("_", "-"), value) for name, value in given.items() if value),
    )


@register.simple_tag
def button(
    label: str,
    *,
    url: str = "",
    kind: str = "",
    key: str = "",
    name: str = "",
    value: str = "",
    icon: str = "",
    small: bool = False,
) -> SafeString:
    classes = " ".join(
        part for part in ("button", kind and f"button-{kind}", small and "button-small") if part
    )
    inside = format_html(
        "{}{}{}",
        icon_or_nothing(icon),
        label,
        format_html(' <kbd class="key" aria-hidden="true">{}</kbd>', key) if key else "",
    )
    shared = attributes(class_=classes, data_key=key, data_key_label=label if key else "")
    if url:
        return format_html('<a href="{}"{}>{}</a>', url, shared, inside)
    return format_html(
        "<button{}{}>{}</button>", shared, attributes(name=name, value=value), inside
    )


def icon_or_nothing(name: str) -> SafeString:
    return icon(name) if name else EMPTY


@register.simple_tag
def status(text: str, tone: str = "plain") -> SafeString:
    return format_html(
        '<span class="pill pill-{}">{}</span>', tone if tone in TONES else "plain", text
    )


@register.inclusion_tag("core/components/clock.html")
def clock(
    deadline: datetime | None, *, done_at: datetime | None = None, near: int = 60
) -> dict[str, Any]:
    """A clock that runs: amber within `near` minutes of the end, red after it."""
    if deadline is None:
        return {"missing": True}
    over = wording.is_near(deadline, 0)
    tone = "clock-over" if over else "clock-near" if wording.is_near(deadline, near) else ""
    return {
        "iso": deadline.isoformat(),
        "exact": wording.exact(deadline),
        "text": wording.remaining(deadline, done_at),
        "tone": "clock-done" if done_at else tone,
        "ticking": done_at is None,
        "near": near,
    }


@register.simple_tag
def age(moment: datetime | date | None) -> SafeString:
    if moment is None:
        return EMPTY
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment, wording.exact(moment))
    return format_html(
        '<time class="age" datetime="{0}" data-age="{0}" title="{1}">{2}</time>',
        moment.isoformat(),
        wording.exact(moment),
        wording.age(moment),
    )


@register.simple_tag
def when(moment: datetime | date | None) -> SafeString:
    if not isinstance(moment, datetime):
        return age(moment)
    return format_html(
        '<span class="nowrap numbers">{}</span> <span class="muted">·</span> {}',
        wording.exact(moment, short=True),
        age(moment),
    )


@register.filter
def money(amount: Decimal | float | str | None) -> str:
    return wording.money(amount)


@register.filter
def phone(number: str) -> str:
    return wording.phone(str(number))


@register.filter
def exact(moment: datetime | date | None) -> str:
    return wording.exact(moment) if moment else ""


def indicator_names() -> dict[str, str]:
    return {
        "phone": _("телефон"),
        "whatsapp": "WhatsApp",
        "card": _("карта"),
        "iban": "IBAN",
        "iin": _("ИИН"),
        "bin": _("БИН"),
        "url": _("ссылка"),
        "domain": _("сайт"),
        "lookalike": _("поддельный сайт"),
        "email": _("почта"),
        "telegram": "Telegram",
        "telegram_invite": "Telegram",
        "instagram": "Instagram",
        "listing": _("объявление"),
        "btc": "Bitcoin",
        "eth": "Ethereum",
        "trx": "Tron",
        "plate": _("госномер"),
    }


@register.filter
def indicator_name(kind: str) -> str:
    return indicator_names().get(str(kind), str(kind))


@register.simple_tag
def chip(kind: str, value: str, *, url: str = "", count: int | None = None) -> SafeString:
    """An indicator; `count` is in how many places it was seen."""
    shown = wording.phone(str(value)) if kind in ("phone", "whatsapp") else value
    inside = format_html(
        '<span class="chip-type">{}</span><span class="chip-value">{}</span>{}',
        indicator_name(kind),
        shown,
        format_html('<span class="chip-count">{}</span>', count) if count else "",
    )
    if url:
        return format_html('<a class="chip" href="{}">{}</a>', url, inside)
    return format_html('<span class="chip">{}</span>', inside)


@register.simple_tag
def highlight(
    text: str, spans: Iterable[Sequence[object] | marking.Mark], notes: bool = True
) -> SafeString:
    """The text with what was found in it. Foreign text: every piece of it is escaped here."""
    marks = marking.read_marks(spans, len(text))
    body = format_html_join(
        "", "{}", ((marked(piece, notes),) for piece in marking.segments(text, marks))
    )
    return format_html(
        '<div class="quote">{}</div>{}', body, legend(marks) if notes and marks else ""
    )


def marked(piece: marking.Segment, notes: bool) -> SafeString:
    if not piece.marks:
        return format_html("{}", piece.text)
    weighty = [mark for mark in piece.marks if mark.kind != "ngram"]
    kind = max((mark.kind for mark in piece.marks), key=strength)
    classes = f"mark-{kind}" + (" mark-many" if len(weighty) > 1 else "")
    labels = "; ".join(dict.fromkeys(mark.label for mark in piece.marks))
    shown = format_html('<mark class="{}" title="{}">{}</mark>', classes, labels, piece.text)
    url = next((mark.url for mark in reversed(piece.marks) if mark.url), "")
    if url:
        shown = format_html('<a class="mark-link" href="{}">{}</a>', url, shown)
    numbers = ", ".join(map(str, piece.ending)) if notes else ""
    return format_html(
        "{}{}", shown, format_html('<sup class="mark-note">{}</sup>', numbers) if numbers else ""
    )


def strength(kind: str) -> int:
    return STRENGTH.index(kind) if kind in STRENGTH else -1


def legend(marks: Sequence[marking.Mark]) -> SafeString:
    return format_html(
        '<ol class="marks-legend">{}</ol>',
        format_html_join(
            "",
            '<li><span class="mark-note">{}</span> <mark class="mark-{}">{}</mark> {}</li>',
            (
                (number, kind, kind_name(kind), label)
                for (kind, label), number in marking.notes(marks).items()
            ),
        ),
    )


def kind_name(kind: str) -> str:
    names = {
        "indicator": _("индикатор"),
        "rule": _("признак схемы"),
        "disguise": _("маскировка"),
        "ngram": _("похожие слова"),
    }
    return names.get(kind, kind)


@register.simple_block_tag
def notice(content: str, tone: str = "active", title: str = "") -> SafeString:
    heading = format_html('<p class="notice-title">{}</p>', title) if title else EMPTY
    return format_html('<div class="notice notice-{}">{}{}</div>', tone, heading, content)


@register.simple_block_tag
def card(content: str, title: str = "") -> SafeString:
    heading = format_html('<h2 class="card-title">{}</h2>', title) if title else EMPTY
    return format_html('<section class="card">{}{}</section>', heading, content)


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:  # noqa: A002 - HTML's word
    return format_html(
        '<details class="disclosure"{}><summary>{}</summary><div>{}</div></details>',
        SafeString(" open") if open else "",
        summary,
        content,
    )


@register.inclusion_tag("core/components/empty.html")
def empty(title: str, next: str = "", *, url: str = "", label: str = "") -> dict[str, Any]:  # noqa: A002
    """Nothing here, and what to do next."""
    return {"title": title, "next": next, "url": url, "label": label}


@register.inclusion_tag("core/components/tabs.html")
def tabs(items: Iterable[dict[str, Any]], label: str = "") -> dict[str, Any]:
    return {"items": items, "label": label or _("Вид")}


@register.inclusion_tag("core/components/timeline.html")
def timeline(items: Iterable[Any]) -> dict[str, Any]:
    return {"items": items}


@register.inclusion_tag("core/components/pagination.html", takes_context=True)
def pagination(context: dict[str, Any], page: Page[Any]) -> dict[str, Any]:
    query = context["request"].GET.copy()
    query.pop("page", None)
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "numbers": list(numbers),
        "query": f"{query.urlencode()}&" if query else "",
    }


@register.simple_tag
def progress(value: float, maximum: float, label: str) -> SafeString:
    return format_html(
        '<label>{0}: {1} / {2} <progress value="{1}" max="{2}"></progress></label>',
        label,
        value,
        maximum,
    )


@register.simple_tag
def tile(value: object, label: str, *, url: str = "", over: bool = False) -> SafeString:
    """A figure; `over` only for clocks that have run out."""
    shown = (
        charts.number(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
    )
    inside = format_html(
        '<span class="tile-value">{}</span><span class="tile-label">{}</span>', shown, label
    )
    classes = "tile tile-over" if over else "tile"
    if url:
        return format_html('<a class="{}" href="{}">{}</a>', classes, url, inside)
    return format_html('<div class="{}">{}</div>', classes, inside)


def chart_context(title: str, points: list[charts.Point], label: str, value: str) -> dict[str, Any]:
    return {
        "title": title,
        "rows": points,
        "label_heading": label or _("Показатель"),
        "value_heading": value or _("Число"),
    }


@register.inclusion_tag("core/components/bar_chart.html")
def bar_chart(
    title: str, rows: Iterable[charts.Row], *, label: str = "", value: str = ""
) -> dict[str, Any]:
    return chart_context(title, charts.bars(rows), label, value)


@register.inclusion_tag("core/components/line_chart.html")
def line_chart(
    title: str, rows: Iterable[charts.Row], *, label: str = "", value: str = ""
) -> dict[str, Any]:
    points, ticks = charts.line(rows)
    return {
        **chart_context(title, points, label, value),
        "ticks": ticks,
        "steps": list(itertools.pairwise(points)),
        "last": points[-1] if points else None,
    }


@register.simple_tag
def panel(url: str, topics: str = "", name: str = "") -> SafeString:
    """A fragment fetched by an ordinary GET, now and whenever one of `topics` is announced."""
    trigger = ", ".join(["load", *(f"live:{topic} from:body" for topic in topics.split())])
    return format_html(
        '<section class="panel" hx-get="{}" hx-trigger="{}" hx-swap="innerHTML"{}><p class="panel-wait">{}</p></section>',
        url,
        trigger,
        attributes(id=name),
        _("Загружается…"),
    )
