"""What a page asks for: an order with its lines, decisions, a modification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from contracting.approvals.forms import ReviewForm
from contracting.approvals.states import Decided
from contracting.contracts.models import Contract
from contracting.core.errors import Invalid
from contracting.core.identifiers import check_acrn
from contracting.core.quantities import Dollars, PricePerUnit, Tokens, UnitPrice
from contracting.core.templatetags.drawdown import dollars
from contracting.fair_opportunity.models import Opportunity
from contracting.ledger.queries import funds_of
from contracting.orders import queries
from contracting.orders.models import TaskOrder
from contracting.orders.states import (
    FundsClause,
    FundsDraft,
    LineDraft,
    Risk,
)
from contracting.reference.states import Boundary
from contracting.requisitions.forms import (
    ChoiceRow,
    Choices,
    GridForm,
    RemovableRows,
    SeenVersion,
)


def _figure(label: str, hint: str = "", **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
        **more,
    )


def _dollars(label: str, hint: str = "", **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
        **more,
    )


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=hint, widget=forms.DateInput(attrs={"type": "date"})
    )


def _words(label: str, hint: str, *, rows: int = 5, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        **more,
    )


class AcrnField(forms.CharField):
    """Two characters, at least one a letter, never I or O."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return check_acrn(text)
        except Invalid as error:
            raise forms.ValidationError(error.message) from error


@dataclass(frozen=True, slots=True)
class PriceOffered:
    """A price of the contract that an order may take over or lower."""

    slin: str
    label: str
    price: Decimal


class OrderRow(ChoiceRow):
    """One contract line and one ACRN that pays for it."""

    clin = forms.ChoiceField(label="Contract line")
    acrn = AcrnField(label="ACRN", max_length=2, min_length=2)
    line_of_accounting = forms.TypedChoiceField(label="Paid from", coerce=int)
    ceiling_tokens = _figure("Tokens, not to exceed", min_value=0, required=False)
    units = forms.DecimalField(
        label="Months, hours or pieces",
        max_digits=18,
        decimal_places=6,
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
        help_text="Instead of tokens, on a line that is bought by the unit",
    )
    ceiling_dollars = _dollars("Dollars, not to exceed", min_value=Decimal("0.01"))
    dollars = _dollars("Funded now", min_value=Decimal("0.01"))
    ceiling_acu = forms.DecimalField(
        label="Of a pool: units (ACU), not to exceed",
        min_value=0,
        max_digits=19,
        decimal_places=6,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )


class TaskOrderForm(GridForm):
    """The terms of an order, its lines with their funds, and lower prices."""

    title = forms.CharField(max_length=200)
    description = _words(
        "What the tokens are for", "Printed on the order; the vendor reads it."
    )
    period_start = _day("First day of performance")
    period_end = _day("Last day of performance")
    boundary = forms.ChoiceField(
        label="Data boundary",
        choices=Boundary.choices,
        initial=Boundary.FEDRAMP_MOD,
        help_text="Only models that are authorized for it may be ordered.",
    )
    risk = forms.ChoiceField(
        choices=Risk.choices,
        initial=Risk.LOW,
        help_text="The approval policy may ask more reviewers for a higher one.",
    )
    place = forms.CharField(
        label="Place of performance", max_length=200, initial="Agency AI gateway"
    )
    payment_office = forms.CharField(
        max_length=200,
        required=False,
        help_text="Where the vendor sends invoices. Needed before it is submitted.",
    )
    fair_opportunity = forms.CharField(
        max_length=120,
        required=False,
        help_text="The basis under FAR 16.505(b), or that it is a single award.",
    )

    funds_clause = forms.ChoiceField(
        label="Availability of funds",
        choices=[("", "Funds are available at signature"), *FundsClause.choices],
        required=False,
        help_text=(
            "For the next fiscal year or under a continuing resolution: the order is "
            "signed first and binds no funds until their availability is recorded."
        ),
    )

    grid_class = forms.formset_factory(
        OrderRow,
        formset=RemovableRows,
        extra=3,
        can_delete=True,
        can_delete_extra=False,
        max_num=100,
    )

    def __init__(
        self,
        *args: Any,
        prices: Sequence[PriceOffered] = (),
        per_unit: Sequence[tuple[str, str, Decimal]] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self._prices = list(prices)
        for offered in self._prices:
            self.fields[f"price_{offered.slin}"] = forms.DecimalField(
                label=f"Price of {offered.slin} {offered.label}",
                max_digits=12,
                decimal_places=6,
                min_value=0,
                required=False,
                widget=forms.TextInput(
                    attrs={"inputmode": "decimal", "class": "dd-num"}
                ),
                help_text=(
                    "Dollars per million tokens. Empty takes the contract's "
                    f"{dollars(offered.price)}; it may be lower, never higher."
                ),
            )

        for clin, label, price in per_unit:
            self.fields[f"unit_price_{clin}"] = forms.DecimalField(
                label=f"Price per unit of {clin} {label}",
                max_digits=15,
                decimal_places=6,
                min_value=0,
                required=False,
                widget=forms.TextInput(
                    attrs={"inputmode": "decimal", "class": "dd-num"}
                ),
                help_text=(
                    f"Empty takes the contract's {dollars(price)}; it may be lower, "
                    "never higher."
                ),
            )

    def clean(self) -> dict[str, Any]:
        """The lines as the verb takes them: ACRNs of one contract line together."""
        cleaned = super().clean()
        lines: dict[str, list[dict[str, Any]]] = {}
        for row in cleaned["rows"]:
            lines.setdefault(row["clin"], []).append(row)
        if any(not sum(map(_quantity, rows)) for rows in lines.values()):
            message = (
                "Each contract line needs a token ceiling, or units where it is bought "
                "by the unit, on one of its rows."
            )
            raise forms.ValidationError(message)
        cleaned["lines"] = [
            _line_draft(
                clin,
                rows,
                self._lower(cleaned, clin),
                cleaned.get(f"unit_price_{clin}"),
            )
            for clin, rows in lines.items()
        ]
        return cleaned

    def _lower(self, cleaned: dict[str, Any], clin: str) -> dict[str, UnitPrice]:
        found: dict[str, UnitPrice] = {}
        for offered in self._prices:
            price = cleaned.get(f"price_{offered.slin}")
            if price is not None and offered.slin.startswith(clin):
                found[offered.slin] = UnitPrice(price)
        return found


def _per_unit(price: Decimal | None) -> PricePerUnit | None:
    return None if price is None else PricePerUnit(price)


def _tokens(row: dict[str, Any]) -> int:
    return row["ceiling_tokens"] or 0


def _quantity(row: dict[str, Any]) -> Decimal:
    return _tokens(row) + Decimal(row["units"] or 0)


def _line_draft(
    clin: str,
    rows: list[dict[str, Any]],
    prices: dict[str, UnitPrice],
    per_unit: Decimal | None,
) -> LineDraft:
    units = [row["ceiling_acu"] for row in rows if row["ceiling_acu"] is not None]
    return LineDraft(
        clin=clin,
        ceiling_acu=sum(units, Decimal(0)) if units else None,
        ceiling_tokens=Tokens(sum(_tokens(row) for row in rows)),
        ceiling_dollars=Dollars(sum((r["ceiling_dollars"] for r in rows), Decimal(0))),
        prices=prices,
        units=sum((row["units"] or Decimal(0) for row in rows), Decimal(0)),
        price_per_unit=_per_unit(per_unit),
        funds=[
            FundsDraft(
                acrn=row["acrn"],
                line_of_accounting_id=row["line_of_accounting"],
                dollars=Dollars(row["dollars"]),
                ceiling_dollars=Dollars(row["ceiling_dollars"]),
            )
            for row in rows
        ],
    )


class DraftTaskOrderForm(TaskOrderForm):
    """A new order has no version that was read; it may rest on a selection."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    requisition = forms.CharField(
        max_length=40, widget=forms.HiddenInput, required=False
    )
    estimate_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, opportunities: Sequence[Opportunity] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        keys = {each.public_id: each.pk for each in opportunities}
        self.fields["opportunity"] = forms.TypedChoiceField(
            label="Selection or exception",
            required=False,
            empty_value=None,
            coerce=keys.__getitem__,
            choices=[
                ("", "None: a single award, or up to the micro-purchase threshold"),
                *((each.public_id, str(each)) for each in opportunities),
            ],
            help_text="Under one of several awards, above the micro-purchase threshold "
            "(FAR 16.505(b)). The prices are those of the response, or lower.",
        )


class ReviewTaskOrderForm(ReviewForm):
    """What a reviewer says, on the version that was read."""

    verdict = forms.ChoiceField(
        label="Your decision",
        choices=[
            (Decided.CONCUR, "I concur"),
            (Decided.NONCONCUR, "I do not concur"),
            (Decided.RETURN, "Return it to the writers"),
            (Decided.ABSTAIN, "I abstain: I have a conflict of interest"),
        ],
        widget=forms.RadioSelect,
    )
    comment = _words(
        "Reasons",
        "Needed unless you concur. Who abstains is asked no more; a colleague is.",
        rows=4,
        required=False,
    )


class DisposeNonconcurrenceForm(forms.Form):
    """The officer's answer to one reviewer."""

    decision_id = forms.TypedChoiceField(label="Non-concurrence", coerce=int)
    text = _words("Disposition", "How you weighed it, and why you may sign anyway.")

    def __init__(self, *args: Any, decisions: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["decision_id"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = decisions


class CertifyForm(SeenVersion):
    """The certifier's word."""

    confirm = forms.BooleanField(label="I certify that these funds are available.")


class AvailabilityForm(SeenVersion):
    """The contracting officer's notice that funds are available."""

    text = _words(
        "Notice of availability",
        "Which funds are available, from which day and by what. The vendor reads it.",
    )


class IssueTaskOrderForm(SeenVersion):
    """The signature."""

    confirm = forms.BooleanField(
        label="I sign this order as contracting officer. It binds the Government."
    )


class AcceptOrderLimitsForm(SeenVersion):
    """The vendor's written acceptance."""

    confirm = forms.BooleanField(
        label="We take this order although it lies outside the contract's limits."
    )


class CancelTaskOrderForm(forms.Form):
    """Why it is given up."""

    reason = _words("Reason", "Kept with the order.", rows=3)


SCOPE = [
    ("True", "It lies within the scope of the contract"),
    ("False", "It lies outside: a justification is approved before the signature"),
]


MODIFICATION_SAYS = (
    *("authority", "citation", "description", "effective_on"),
    *("scope", "is_within_scope"),
)


def offered_by(contract: Contract) -> dict[str, Any]:
    """What the forms of drafting and editing offer to choose from."""
    lines = contract.lines.order_by("clin")
    return {
        "choices": {
            "clin": [(line.clin, f"{line.clin} {line.description}") for line in lines],
            "line_of_accounting": accounts_of(contract),
        },
        "prices": [
            PriceOffered(
                row.slin,
                f"{row.token_class.label}, {row.model.snapshot}",
                row.usd_per_million_tokens,
            )
            for row in queries.rates_offered(contract)
        ],
        "per_unit": [
            (row.line.clin, row.line.description, row.usd_per_unit)
            for row in queries.unit_rates_offered(contract)
        ],
    }


def accounts_of(contract: Contract) -> Choices:
    """The agency's lines of accounting; what is free on each is the certifier's."""
    return [(each.line.pk, each.line.label) for each in funds_of(contract.agency_id)]


def lines_as_typed(order: TaskOrder) -> dict[str, Any]:
    """The rows as they stand; the token ceiling is shown on the first of a line."""
    initial: dict[str, Any] = {"rows": []}
    for line in order.current_lines():
        for place, part in enumerate(line.current_funding()):
            initial["rows"].append(
                {
                    "clin": line.clin,
                    "acrn": part.acrn,
                    "line_of_accounting": part.line_of_accounting_id,
                    "ceiling_tokens": None if place else line.ceiling_tokens or None,
                    "units": None if place else line.units or None,
                    "ceiling_dollars": part.ceiling_dollars,
                    "dollars": part.dollars,
                    "ceiling_acu": None
                    if place or line.ceiling_micro_acu is None
                    else Decimal(line.ceiling_micro_acu).scaleb(-6),
                }
            )
        for rate in line.current_rates():
            if rate.usd_per_million_tokens < rate.rate_row.usd_per_million_tokens:
                price = rate.usd_per_million_tokens
                initial[f"price_{rate.rate_row.slin}"] = price
        for each in line.current_unit_rates():
            if each.usd_per_unit < each.unit_rate.usd_per_unit:
                initial[f"unit_price_{line.clin}"] = each.usd_per_unit
    return initial
