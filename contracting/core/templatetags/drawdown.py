"""Words and figures as the pages print them: tokens, dollars, instants, states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField, CheckboxInput, FileInput, Select, Textarea
from django.forms.widgets import CheckboxSelectMultiple, RadioSelect
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from contracting.core.permissions import Allowed, Refused
from contracting.core.plots.tables import Plot
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.core.templatetags import charts

register = template.Library()

ABSENT = mark_safe('<span aria-label="none">–</span>')

TONES = {
    "good": (
        "ACCEPTED ACTIVE APPROVED AWARDED CERTIFIED CONCUR CONCURRED FUNDED ISSUED "
        "MATCHED OK OPEN OPENED PAID READY RELEASED RENDERED RESOLVED SIGNED"
    ),
    "wait": (
        "AMENDED ASKED ASSIGNED EVALUATING HELD IN_REVIEW IN_PROGRESS PARTIAL PENDING "
        "OFFERED PROPOSED RECEIVED REQUESTED REVIEWING SEALED SUBMITTED SUSPENDED "
        "UNDER_REVIEW WAITING"
    ),
    "stop": (
        "BLOCKED CANCELLED COULD_NOT_ASK DEFECTIVE DISPUTED EXPIRED FAILED LATE "
        "MISSING NONCONCUR NOT_CONCURRED PARTLY_MISSING QUARANTINED REFUSED REJECTED "
        "RETURN RETURNED REVOKED STOPPED SUSPENSE TERMINATED VOID VOIDED"
    ),
    "over": "CLOSED CLOSED_OUT COMPLETED DECIDED ENDED NO_AWARD REPLACED SUPERSEDED "
    "WITHDRAWN",
}
_TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}


def _decimal(value: Any) -> Decimal:
    """The exact amount inside a number or a quantity of `core.quantities`."""
    if isinstance(value, Tokens):
        return Decimal(value.count)
    if isinstance(value, Dollars):
        return value.amount
    if isinstance(value, UnitPrice):
        return value.usd_per_million_tokens
    if isinstance(value, float):
        message = "a float is never printed as an amount"
        raise TypeError(message)
    return Decimal(value)


def _is_absent(value: Any) -> bool:
    return value is None or value == ""


def _signed_dollars(value: Decimal) -> str:
    """Separators, at least two decimals, and every further one that is not zero."""
    whole, _, fraction = f"{abs(value):,f}".partition(".")
    sign = "-" if value < 0 else ""
    return f"{sign}${whole}.{fraction.rstrip('0').ljust(2, '0')}"


@register.filter
def tokens(value: Any) -> str:
    """1234567 -> 1,234,567. Tokens are whole."""
    if _is_absent(value):
        return ABSENT
    return f"{int(_decimal(value)):,}"


@register.filter
def quantity(value: Any) -> str:
    """Months, hours or pieces: grouped, with no more decimals than there are."""
    if _is_absent(value):
        return ABSENT
    whole, _, part = f"{_decimal(value):,f}".partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole


@register.filter
def dollars(value: Any) -> str:
    """An exact amount: at least two decimals, and every further one it has."""
    if _is_absent(value):
        return ABSENT
    return _signed_dollars(_decimal(value))


@register.filter
def cents(value: Any) -> str:
    """An amount in dollars and cents; what the cents leave out is kept at hand."""
    if _is_absent(value):
        return ABSENT
    exact = _decimal(value)
    rounded = Dollars(exact).to_cents().amount
    shown = _signed_dollars(rounded)
    if rounded == exact:
        return shown
    return format_html(
        '<data class="dd-rounded" value="{}" title="exactly {}">{}</data>',
        f"{exact:f}",
        _signed_dollars(exact),
        shown,
    )


@register.simple_tag(takes_context=True)
def rows_behind(
    context: Context,
    value: Any,
    figure: str,
    line: Any = None,
    acrn: str = "",
    funds: Any = None,
    *,
    exact: bool = False,
) -> SafeString | str:
    """A ledger's amount, in cents or exact, which opens the rows behind it.

    Whoever may not open them, such as a vendor, reads the amount alone.

    :param figure: which figure it is, for example ``"paid_dollars"``
    :param line: the line whose figure it is, of one ``acrn`` or of all
    :param funds: or the line of accounting whose figure it is
    """
    shown = dollars(value) if exact else cents(value)
    reader = getattr(context.get("request"), "actor", None)
    if reader is None or not reader.is_agency:
        return shown
    name, of = ("statement", line) if funds is None else ("line_of_accounting", funds)
    address = reverse(f"ledger:{name}", args=[of.public_id])
    asked = f"{address}?figure={figure}" + (f"&acrn={acrn}" if acrn else "")
    return format_html(
        '<a href="{}#rows">{}<span class="usa-sr-only"> {}: the rows behind it</span>'
        "</a>",
        asked,
        shown,
        figure.removesuffix("_dollars").replace("_", " "),
    )


_HYPHENED = re.compile(r"(?<!\S)[^\s-]\S*-\S*\d\S*(?!\S)")
_LONGEST_WHOLE = 28


@register.filter
def whole_words(value: Any) -> SafeString:
    """A name such as claude-sonnet-4-5 on one line: its hyphens end no line.

    One that is longer than a column holds is left to be broken.
    """
    words = str(value)
    made, end = "", 0
    for found in _HYPHENED.finditer(words):
        if len(found[0]) <= _LONGEST_WHOLE:
            made += escape(words[end : found.start()])
            made += format_html('<span class="whole">{}</span>', found[0])
            end = found.end()
    return mark_safe(made + escape(words[end:]))


@register.filter
def acu(value: Any) -> str:
    """1250016 millionths of a unit of a pool -> 1.250016 units (ACU)."""
    if _is_absent(value):
        return ABSENT
    return quantity(_decimal(value).scaleb(-6))


@register.filter
def unit_price(value: Any) -> str:
    """Decimal("2.500000") -> $2.50 per million tokens (two to six decimals)."""
    if _is_absent(value):
        return ABSENT
    return f"{_signed_dollars(_decimal(value))} per million tokens"


@register.filter
def percent(part: Any, whole: Any) -> str:
    """The share of `part` in `whole`, one decimal: 57.3%."""
    if _is_absent(part) or _is_absent(whole) or not _decimal(whole):
        return ABSENT
    return f"{100 * _decimal(part) / _decimal(whole):.1f}%"


@register.filter
def share(part: Any) -> str:
    """A share of one in percent, with every digit that it has: 0.0026 is 0.26%."""
    if _is_absent(part):
        return ABSENT
    return f"{(100 * _decimal(part)).normalize():f}%"


def _instant(value: datetime | str) -> datetime:
    """Papers carry their instants as text; pages as datetimes."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)


@register.filter
def instant(value: datetime | str | None) -> SafeString:
    """A moment in UTC: 27 Nov 2026, 22:00 UTC."""
    if not value:
        return ABSENT
    utc = _instant(value)
    return _time(utc, f"{utc.day} {utc:%b %Y, %H:%M} UTC")


@register.filter
def instant_in(value: datetime | str | None, zone: str | ZoneInfo) -> SafeString:
    """A moment in the zone of the contract, and in UTC after it."""
    if not value:
        return ABSENT
    utc = _instant(value)
    local = utc.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    half = "a.m." if local.hour < 12 else "p.m."
    clock = f"{local.hour % 12 or 12}:{local:%M} {half} {local.tzname()}"
    other = f"{utc:%H:%M} UTC"
    if utc.date() != local.date():
        other = f"{utc.day} {utc:%b}, {other}"
    return _time(utc, f"{local:%a} {local.day} {local:%b %Y}, {clock} ({other})")


@register.filter
def day(value: date | str | None) -> SafeString:
    """A calendar day: 27 Nov 2026."""
    if not value:
        return ABSENT
    value = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return format_html(
        '<time datetime="{}">{}</time>',
        f"{value:%Y-%m-%d}",
        f"{value.day} {value:%b %Y}",
    )


def _time(utc: datetime, words: str) -> SafeString:
    stamp = f"{utc:%Y-%m-%dT%H:%M:%SZ}"
    return format_html('<time datetime="{}">{}</time>', stamp, words)


@register.filter
def state_words(value: Any) -> str:
    """UNDER_REVIEW -> Under review; a choice keeps its own label."""
    label = getattr(value, "label", None)
    return str(label) if label else str(value).replace("_", " ").capitalize()


@register.filter
def state_tag(value: Any) -> SafeString:
    """The state as a tag; its words say everything that its colour does."""
    if _is_absent(value):
        return ABSENT
    tone = _TONE_OF.get(str(getattr(value, "value", value)), "plain")
    return format_html(
        '<span class="usa-tag dd-tag dd-tag--{}">{}</span>', tone, state_words(value)
    )


@register.filter
def sha(value: str | bytes | None) -> SafeString:
    """The first twelve digits of a hash, with the whole of it at hand."""
    if not value:
        return ABSENT
    full = bytes(value).hex() if not isinstance(value, str) else value
    return format_html(
        '<code class="dd-sha" title="SHA-256 {}">{}</code>', full, full[:12]
    )


@register.simple_tag
def verb_button(url: str, label: str, verdict: Any, style: str = "") -> SafeString:
    """A link to the page of a verb that is allowed, else the reason why it is not.

    :param style: "outline", "secondary" or "unstyled"
    :raises TypeError: if the page forgot to ask the permission
    """
    if not isinstance(verdict, Allowed | Refused):
        message = f"the button {label!r} needs a verdict, not {verdict!r}"
        raise TypeError(message)
    return mark_safe(
        render_to_string(
            "components/verb_button.html",
            {"url": url, "label": label, "verdict": verdict, "style": style},
        )
    )


@register.filter
def widget_kind(field: BoundField) -> str:
    """Which of the form patterns shows this field."""
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, RadioSelect):
        return "radios"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "input"


@register.filter
def uswds_widget(field: BoundField) -> SafeString:
    """The field's input with the class that USWDS gives to its kind."""
    widget = field.field.widget
    css = "usa-input"
    for kind, name in (
        (Select, "usa-select"),
        (Textarea, "usa-textarea"),
        (FileInput, "dd-file-input"),
        (CheckboxInput, "usa-checkbox__input"),
    ):
        if isinstance(widget, kind):
            css = name
    if field.errors:
        css += " usa-input--error"
    own = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{css} {own}".strip()})


def _next_id(context: Context, prefix: str) -> str:
    number = int(context.render_context.get("drawdown_charts") or 0) + 1
    context.render_context["drawdown_charts"] = number
    return f"{prefix}-{number}"


@register.simple_tag(takes_context=True)
def money_bar(
    context: Context,
    consumed: Any,
    obligated: Any,
    ceiling: Any,
    label: str = "Funds",
    unit: str = "dollars",
    taken: str = "used",
) -> SafeString:
    """How far a ceiling is obligated and consumed, as one bar and its sentence.

    :param obligated: ``None`` where nothing is obligated against this ceiling
    :param taken: what has become of the first amount, in a word
    :param unit: "dollars" or "tokens"
    """
    bar = charts.bar(
        consumed=_decimal(consumed or 0),
        obligated=_decimal(ceiling if obligated is None else obligated),
        ceiling=_decimal(ceiling or 0),
        words=tokens if unit == "tokens" else dollars,
    )
    return _chart(
        context,
        "components/money_bar.html",
        bar,
        label=label,
        unit=unit,
        taken=taken,
        is_funded=unit == "dollars" and obligated is not None,
    )


@register.simple_tag(takes_context=True)
def burn_chart(
    context: Context,
    points: Sequence[tuple[date | datetime, Any]],
    limit: Any = None,
    plan: Sequence[tuple[date | datetime, Any]] = (),
    label: str = "Tokens used",
    unit: str = "tokens",
    limit_label: str = "Limit",
) -> SafeString:
    """Cumulative use against its limit, drawn on the server, with its data table.

    :param points: (day or instant, cumulative tokens or dollars), oldest first
    :param plan: the same for the planned line, drawn dashed
    """
    line = charts.line(
        points=[(when, _decimal(value)) for when, value in points],
        plan=[(when, _decimal(value)) for when, value in plan],
        limit=None if _is_absent(limit) else _decimal(limit),
        words=tokens if unit == "tokens" else dollars,
        limit_label=limit_label,
    )
    return _chart(context, "components/burn_chart.html", line, label=label, unit=unit)


def _chart(context: Context, name: str, drawing: Any, **words: Any) -> SafeString:
    ids = {"chart_id": _next_id(context, "chart"), "drawing": drawing}
    return mark_safe(render_to_string(name, ids | words))


@register.simple_tag
def show_plot(plot: Plot, csv_url: str = "", *, is_open: bool = False) -> SafeString:
    """A plot as its sentence, its drawing in two sizes, its table and its file.

    :param csv_url: the address that hands the table over as a file; empty: none
    :param is_open: whether the table is shown without being asked for
    """
    drawn = {
        "wide": mark_safe(plot.wide),
        "narrow": mark_safe(plot.narrow),
        "legend": [(key, mark_safe(key.mark)) for key in plot.legend],
    }
    words = {"plot": plot, "csv_url": csv_url, "is_open": is_open}
    return mark_safe(render_to_string("components/plot.html", words | drawn))
