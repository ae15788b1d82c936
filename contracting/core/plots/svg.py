"""SVG as text: every word is escaped, every look is a class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from contracting.core.plots.scales import Amounts, Days, Y, labels_of

TEXT: Final = 13
"""How high a line of letters is."""


def at(value: float) -> str:
    """A coordinate: one decimal is finer than any screen shows."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(tag: str, inner: str = "", /, **attributes: object) -> str:
    """One element; ``inner`` is SVG text, attributes are escaped here.

    ``class_`` stands for ``class``, and ``_`` for ``-`` in the names of attributes.
    """
    said = "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(_text(value))}"
        for name, value in attributes.items()
        if value is not None and value != ""
    )
    return f"<{tag}{said}>{inner}</{tag}>" if inner else f"<{tag}{said}/>"


def _text(value: object) -> str:
    return at(value) if isinstance(value, float) else str(value)


def words(
    said: str, x: float, y: float, class_: str = "dd-plot__tick", anchor: str = "start"
) -> str:
    """Words at a place, escaped."""
    return element(
        "text", escape(said), class_=class_, x=x, y=float(y), text_anchor=anchor
    )


def line(
    x1: float, y1: float, x2: float, y2: float, class_: str, dash: str = ""
) -> str:
    """A straight line."""
    return element(
        "line",
        class_=class_,
        x1=float(x1),
        y1=float(y1),
        x2=float(x2),
        y2=float(y2),
        stroke_dasharray=dash,
    )


def rect(
    x: float, y: float, width: float, height: float, class_: str, **more: object
) -> str:
    """A box; a width below zero is none."""
    return element(
        "rect",
        class_=class_,
        x=float(x),
        y=float(y),
        width=float(max(0.0, width)),
        height=float(max(0.0, height)),
        **more,
    )


def path(points: Sequence[tuple[float, float]], class_: str, dash: str = "") -> str:
    """A line through points; nothing where there are fewer than two."""
    if len(points) < 2:
        return ""
    drawn = " ".join(
        f"{'L' if index else 'M'}{at(x)} {at(y)}" for index, (x, y) in enumerate(points)
    )
    return element("path", class_=class_, d=drawn, fill="none", stroke_dasharray=dash)


def area(
    upper: Sequence[tuple[float, float]],
    lower: Sequence[tuple[float, float]],
    class_: str,
    **more: object,
) -> str:
    """What lies between two lines over the same places."""
    edge = [*upper, *reversed(lower)]
    if len(upper) < 2:
        return ""
    drawn = " ".join(
        f"{'L' if index else 'M'}{at(x)} {at(y)}" for index, (x, y) in enumerate(edge)
    )
    return element("path", class_=class_, d=f"{drawn} Z", **more)


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing's size and the margins around what is plotted."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def edge(self) -> int:
        """Where the plotted part ends on the right."""
        return self.width - self.right

    @property
    def floor(self) -> int:
        return self.height - self.bottom

    @property
    def is_narrow(self) -> bool:
        return self.width < 500

    def grid(self, axis: Amounts, y: Y, sign: str) -> str:
        """The lines of an axis of amounts, and its words to the left of them."""
        drawn = []
        for value, label in zip(axis.values, labels_of(axis, sign), strict=True):
            height = y(value)
            drawn.append(line(self.left, height, self.edge, height, "dd-plot__grid"))
            drawn.append(words(label, self.left - 6.0, height + 4, anchor="end"))
        return "".join(drawn)

    def calendar(self, days: Days) -> str:
        """The axis of days below what is plotted."""
        drawn = [line(self.left, self.floor, self.edge, self.floor, "dd-plot__axis")]
        for tick in days.ticks():
            end = self.floor + 5
            drawn.append(line(tick.x, self.floor, tick.x, end, "dd-plot__axis"))
            drawn.append(words(tick.label, tick.middle, end + 15.0, anchor="middle"))
        return "".join(drawn)

    def drawing(
        self,
        name: str,
        title: str,
        desc: str,
        inner: Iterable[str],
        role: str = "img",
    ) -> str:
        """The whole drawing with its title and description for who cannot see it.

        :param name: makes its ids the only ones on the page
        :param role: ``group`` where there are links in it: an image has none
        """
        size = "narrow" if self.is_narrow else "wide"
        ids = f"plot-{name}-{size}"
        return element(
            "svg",
            element("title", escape(title), id=f"{ids}-title")
            + element("desc", escape(desc), id=f"{ids}-desc")
            + "".join(inner),
            class_=f"dd-plot__svg dd-plot__svg--{size}",
            viewBox=f"0 0 {self.width} {self.height}",
            role=role,
            aria_labelledby=f"{ids}-title {ids}-desc",
        )


PATTERNS: Final[Mapping[str, str]] = {
    "rising": '<path d="M0 6 L6 0"/>',
    "dots": '<circle cx="3" cy="3" r="1.1"/>',
    "level": '<path d="M0 3 L6 3"/>',
    "falling": '<path d="M0 0 L6 6"/>',
    "upright": '<path d="M3 0 L3 6"/>',
    "crossed": '<path d="M0 6 L6 0 M0 0 L6 6"/>',
}
"""What tells two fills apart where colours do not: on grey paper, to some eyes."""


def pattern(id_: str, tone: str, kind: str) -> str:
    """A fill of a tone with marks on it; ``kind`` is empty for a plain one."""
    ground = f'<rect class="dd-tone--{tone}" width="6" height="6"/>'
    marks = f'<g class="dd-plot__marks">{PATTERNS[kind]}</g>' if kind else ""
    return element(
        "pattern",
        ground + marks,
        id=id_,
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )


def swatch(inner: str) -> str:
    """A small drawing of a mark, for a legend; it says nothing by itself."""
    return element(
        "svg",
        inner,
        class_="dd-plot__key",
        viewBox="-1 -3 32 20",
        aria_hidden="true",
        focusable="false",
    )
