"""P2: which kinds of tokens were used, over time and together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from contracting.core.plots import svg, words
from contracting.core.plots.scales import Days, amounts, upwards, width_of
from contracting.core.plots.tables import Column, Key, Plot, Table

WIDE: Final = svg.Frame(720, 330, left=70, right=20, top=16, bottom=94)
NARROW: Final = svg.Frame(360, 300, left=58, right=14, top=16, bottom=94)
BAR: Final = 26


@dataclass(frozen=True, slots=True)
class Share:
    """A kind of tokens: how it is called, its tone and the marks on it, everywhere."""

    code: str
    label: str
    tone: str
    marks: str


KINDS: Final = (
    Share("input", "Input", "1", ""),
    Share("cached", "Cached input", "2", "rising"),
    Share("write", "Cache writes", "3", "level"),
    Share("output", "Output", "4", "dots"),
    Share("reasoning", "Reasoning", "5", "falling"),
    Share("batch", "Batch", "6", "upright"),
    Share("other", "Tools, embeddings, other media", "7", "crossed"),
)
"""In this order and in these tones on every page, from the bottom upwards."""


_KIND_OF_CLASS: Final = {
    "IN_UNCACHED": "input",
    "IN_CACHE_READ": "cached",
    "OUT_TEXT": "output",
    "OUT_REJECTED": "output",
    "OUT_REASONING": "reasoning",
}


def kind_of(code: str, tier: str = "STANDARD") -> str:
    """The kind under which a class and a tier of service are drawn."""
    if tier == "BATCH":
        return "batch"
    if code.startswith("IN_CACHE_WRITE"):
        return "write"
    return _KIND_OF_CLASS.get(code, "other")


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was used in some days: tokens and dollars by kind."""

    first: date
    last: date
    tokens: dict[str, int]
    dollars: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Mix:
    """What is drawn: buckets in order, those without use left out or empty.

    :param by: whether tokens or dollars are drawn; the words say both
    :param first: the first of the days that were asked for, if more than the buckets
    """

    name: str
    buckets: Sequence[Bucket]
    by: Literal["tokens", "dollars"] = "tokens"
    notes: Sequence[str] = ()
    first: date | None = None
    last: date | None = None

    def of(self, bucket: Bucket, kind: str) -> Decimal:
        """What is drawn of a bucket and a kind; a correction below zero is nothing."""
        side = bucket.tokens if self.by == "tokens" else bucket.dollars
        return max(Decimal(side.get(kind, 0)), Decimal(0))

    def total(self, kind: str, by: str = "") -> Decimal:
        """All of one kind, corrections included."""
        wanted = by or self.by
        return sum(
            (
                Decimal((b.tokens if wanted == "tokens" else b.dollars).get(kind, 0))
                for b in self.buckets
            ),
            Decimal(0),
        )

    @property
    def present(self) -> list[Share]:
        """The kinds of which anything is there, in their order."""
        return [
            kind
            for kind in KINDS
            if any(kind.code in bucket.tokens for bucket in self.buckets)
        ]


def mix(what: Mix) -> Plot:
    """Draw tokens or dollars by kind over time, and each kind's part of the whole."""
    title = "Tokens by kind" if what.by == "tokens" else "Cost by kind, in US dollars"
    notes = list(what.notes)
    if any(min(b.tokens.values(), default=0) < 0 for b in what.buckets):
        notes.append("What a correction takes back is in the table, and not drawn.")
    return Plot(
        name=what.name,
        title=title,
        sentence=sentence(what),
        wide=_draw(what, WIDE, title) if what.present else "",
        narrow=_draw(what, NARROW, title) if what.present else "",
        table=_table(what, title),
        legend=_legend(what),
        notes=tuple(notes),
    )


def shares_of(what: Mix, by: str) -> dict[str, Decimal]:
    """Each kind's part in percent, together 100.0; a kind below zero has none."""
    present = what.present
    parts = [max(what.total(kind.code, by), Decimal(0)) for kind in present]
    found = words.shares(parts)
    return {kind.code: share for kind, share in zip(present, found, strict=True)}


def sentence(what: Mix) -> str:
    """Which kind costs the most, and how much of the tokens it is."""
    if not what.present:
        return "No usage in these days."
    of_tokens, of_cost = shares_of(what, "tokens"), shares_of(what, "dollars")
    labels = {kind.code: kind.label for kind in what.present}
    tokens = sum(what.total(kind.code, "tokens") for kind in what.present)
    dollars = sum(what.total(kind.code, "dollars") for kind in what.present)
    dearest = max(of_cost, key=lambda code: of_cost[code])
    return (
        f"{words.tokens(tokens)} tokens for {words.dollars(dollars)}: "
        f"{labels[dearest]} is {of_tokens[dearest]}% of tokens and "
        f"{of_cost[dearest]}% of cost."
    )


def _draw(what: Mix, frame: svg.Frame, title: str) -> str:
    sign = "$" if what.by == "dollars" else ""
    kinds = what.present
    tops = [sum(what.of(b, kind.code) for kind in kinds) for b in what.buckets]
    axis = amounts(Decimal(max(tops)), whole=what.by == "tokens")
    y = upwards(axis, frame.top, frame.floor)
    firsts = [bucket.first for bucket in what.buckets]
    lasts = [bucket.last for bucket in what.buckets]
    days = Days(
        min([*firsts, *([what.first] if what.first else [])]),
        max([*lasts, *([what.last] if what.last else [])]) + timedelta(days=1),
        frame.left,
        frame.edge,
    )
    size = "narrow" if frame.is_narrow else "wide"

    def fill(kind: Share) -> str:
        return f"url(#plot-{what.name}-{size}-{kind.code})"

    patterns = "".join(
        svg.pattern(f"plot-{what.name}-{size}-{kind.code}", kind.tone, kind.marks)
        for kind in kinds
    )
    parts = [svg.element("defs", patterns), frame.grid(axis, y, sign)]
    below = [Decimal(0)] * len(what.buckets)
    for kind in kinds:
        above = [
            low + what.of(bucket, kind.code)
            for low, bucket in zip(below, what.buckets, strict=True)
        ]
        upper = _steps(what.buckets, above, days, y)
        lower = _steps(what.buckets, below, days, y)
        parts.append(svg.area(upper, lower, "dd-plot__part", fill=fill(kind)))
        below = above
    parts += [frame.calendar(days), _whole(what, frame, fill)]
    return frame.drawing(what.name, title, f"{sentence(what)} {_said(what)}", parts)


def _steps(
    buckets: Sequence[Bucket],
    values: Sequence[Decimal],
    days: Days,
    y: Callable[[Decimal], float],
) -> list[tuple[float, float]]:
    """The line over the buckets: level over each, down to nothing between two."""
    places: list[tuple[float, float]] = []
    reached: date | None = None
    for bucket, value in zip(buckets, values, strict=True):
        end = bucket.last + timedelta(days=1)
        if reached is not None and bucket.first > reached:
            places.append((days.x(reached), y(Decimal(0))))
            places.append((days.x(bucket.first), y(Decimal(0))))
        places.append((days.x(bucket.first), y(value)))
        places.append((days.x(end), y(value)))
        reached = end
    return places


def _whole(what: Mix, frame: svg.Frame, fill: Callable[[Share], str]) -> str:
    """One bar of a hundred percent, with the shares for which there is room."""
    shares = shares_of(what, what.by)
    top = frame.floor + 38.0
    scale = (frame.edge - frame.left) / 100
    x = float(frame.left)
    drawn = []
    for kind in what.present:
        share = shares[kind.code]
        width = float(share) * scale
        drawn.append(
            svg.element(
                "rect",
                class_="dd-plot__part",
                x=x,
                y=top,
                width=width,
                height=BAR,
                fill=fill(kind),
            )
        )
        said = f"{share}%"
        if width_of(said) + 8 <= width:
            middle = x + width / 2
            drawn.append(svg.words(said, middle, top + BAR + 17, anchor="middle"))
        x += width
    label = svg.words("100%", frame.left - 6.0, top + 18, anchor="end")
    return label + "".join(drawn)


def _said(what: Mix) -> str:
    shares = shares_of(what, what.by)
    return (
        ", ".join(f"{kind.label} {shares[kind.code]}%" for kind in what.present)
        + f" of {'tokens' if what.by == 'tokens' else 'cost'}."
    )


def _legend(what: Mix) -> tuple[Key, ...]:
    """Each kind with its fill and its share of what is drawn."""
    shares = shares_of(what, what.by) if what.present else {}
    keys = []
    for kind in what.present:
        name = f"plot-{what.name}-key-{kind.code}"
        mark = svg.element(
            "defs", svg.pattern(name, kind.tone, kind.marks)
        ) + svg.element("rect", width=30, height=14, fill=f"url(#{name})")
        keys.append(Key(f"{kind.label} {shares[kind.code]}%", svg.swatch(mark)))
    return tuple(keys)


def _table(what: Mix, title: str) -> Table:
    """Tokens and dollars of each kind and bucket; the last row adds up."""
    kinds = what.present
    columns = [Column("From", "day"), Column("To", "day")]
    for kind in kinds:
        columns.append(Column(f"{kind.label}, tokens", "tokens"))
        columns.append(Column(f"{kind.label}, US dollars", "dollars"))
    rows = []
    for bucket in what.buckets:
        row: list[date | int | Decimal] = [bucket.first, bucket.last]
        for kind in kinds:
            row.append(bucket.tokens.get(kind.code, 0))
            row.append(bucket.dollars.get(kind.code, Decimal(0)))
        rows.append(tuple(row))
    totals: list[int | Decimal | None | str] = [None, None]
    for kind in kinds:
        totals.append(int(what.total(kind.code, "tokens")))
        totals.append(what.total(kind.code, "dollars"))
    return Table(title, tuple(columns), tuple(rows), tuple(totals) if rows else ())
