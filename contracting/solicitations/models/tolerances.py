"""How far meter and report may lie apart before somebody must decide: columns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from contracting.core.quantities import Tokens
from contracting.core.templatetags.drawdown import dollars as money

_NAMES = (
    "tolerance_percent",
    "tolerance_month_percent",
    "tolerance_cap_percent",
    "cor_settles_percent",
    "tolerance_month_dollars",
    "tolerance_de_minimis_dollars",
    "cor_settles_dollars",
    "write_off_cap_dollars",
)


def _percent(help_text: str) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=help_text,
    )


def _dollars(help_text: str) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=help_text,
    )


class StatesTolerances(models.Model):
    """What a contract tolerates; an empty term is not stated, and nothing is assumed.

    A tolerance decides who may settle a difference and what is payable, never whether
    it is shown. Invoice and report, and prices, agree exactly.
    """

    tolerance_tokens = models.BigIntegerField(
        default=0, help_text="Difference per line and day that may be accepted."
    )
    tolerance_dollars = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    tolerance_percent = _percent("Of the tokens of a line and day.")
    tolerance_month_percent = _percent("Of the tokens of a line and month.")
    tolerance_month_dollars = _dollars("Differences of a line and month, at most.")
    tolerance_de_minimis_dollars = _dollars("Up to it no share of tokens is asked.")
    tolerance_cap_percent = _percent("Of the value of an order, over its whole life.")
    cor_settles_percent = _percent("Share of the tokens that a COR settles.")
    cor_settles_dollars = _dollars("Per month, that a COR settles.")
    write_off_cap_dollars = _dollars("All write-offs of an order together, at most.")

    class Meta:
        abstract = True

    @property
    def tolerances_said(self) -> str:
        """Every tolerance that is stated, in words."""
        return _said(self)


def tolerances_stated(noun: str) -> models.CheckConstraint:
    """The constraint of one table: no tolerance is negative, no share above all."""
    condition = Q(tolerance_tokens__gte=0, tolerance_dollars__gte=0)
    for name in _NAMES:
        within = Q(**{f"{name}__gte": 0})
        if name.endswith("_percent"):
            within &= Q(**{f"{name}__lte": 100})
        condition &= Q(**{f"{name}__isnull": True}) | within
    return models.CheckConstraint(
        name=f"a_{noun}_tolerates_nothing_below_zero", condition=condition
    )


EXACT: Final = "Invoice and report, and prices, agree exactly."


def _said(terms: StatesTolerances) -> str:
    """Every tolerance that is stated, in one passage of words."""
    return " ".join(sentence for _, _, _, sentence in _rows(terms)) + f" {EXACT}"


def tolerance_rows(terms: StatesTolerances) -> list[dict[str, Any]]:
    """The same as rows of a table: measure, percent, tokens, dollars."""
    return [
        {"measure": measure, **columns, "dollars": dollars}
        for measure, columns, dollars, _ in _rows(terms)
    ]


_Row = tuple[str, dict[str, Any], Decimal | None, str]


def _rows(terms: StatesTolerances) -> Iterator[_Row]:
    share = terms.tolerance_percent
    yield _row("per line and day", share, terms.tolerance_dollars, terms)
    month = terms.tolerance_month_percent, terms.tolerance_month_dollars
    if month != (None, None):
        yield _row("per line and month", *month)
    if terms.tolerance_de_minimis_dollars is not None:
        yield _row(
            "per line and day, whatever the share",
            None,
            terms.tolerance_de_minimis_dollars,
        )
    if terms.tolerance_cap_percent is not None:
        yield _row(
            "all that is tolerated, of the value of an order",
            terms.tolerance_cap_percent,
            None,
        )
    settles = terms.cor_settles_percent, terms.cor_settles_dollars
    if settles != (None, None):
        yield _row("settled by the representative, per month", *settles)
    if terms.write_off_cap_dollars is not None:
        yield _row("all write-offs of an order", None, terms.write_off_cap_dollars)


def _row(
    measure: str,
    percent: Decimal | None,
    dollars: Decimal | None,
    by_tokens: StatesTolerances | None = None,
) -> _Row:
    said: list[str] = []
    columns: dict[str, Any] = {}
    if by_tokens is not None:
        columns["tokens"] = by_tokens.tolerance_tokens
        said.append(f"{Tokens(by_tokens.tolerance_tokens)}")
    if percent is not None:
        columns["percent"] = percent
        said.append(f"{percent.normalize():f} percent")
    if dollars is not None:
        said.append(money(dollars))
    return measure, columns, dollars, f"{measure.capitalize()}: {', '.join(said)}."
