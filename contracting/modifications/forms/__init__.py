"""What a page asks for: the words, terms and prices of a modification, a signature."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from contracting.contracts.models import Contract, RateRow
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.modifications import calculations
from contracting.modifications.forms import units
from contracting.modifications.models import ContractModification
from contracting.modifications.states import (
    Counted,
    LineDraft,
    ModificationKind,
    OnRampDraft,
    Proposal,
    RateDraft,
)
from contracting.orders.forms import SCOPE
from contracting.orders.queries import rates_offered
from contracting.orders.states import ModificationAuthority
from contracting.reference.queries import attachments_on, models_on, token_classes
from contracting.reference.states import Boundary
from contracting.requisitions.forms import (
    ChoiceRow,
    GridForm,
    RemovableRows,
    SeenVersion,
    day_field,
    text_field,
)
from contracting.solicitations.forms.tolerances import tolerance_field


class PriceRow(ChoiceRow):
    """One price that is in force from a day on."""

    slin = forms.ChoiceField(label="Price of")
    price = forms.DecimalField(
        label="New price, dollars per million tokens",
        min_value=0,
        max_digits=12,
        decimal_places=6,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    first_day = forms.DateField(
        label="From",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class DraftContractModificationForm(GridForm):
    """Block 13, block 14, the scope determination, and what reads differently."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    authority = forms.ChoiceField(
        label="Authority (block 13)",
        widget=forms.RadioSelect,
        choices=[
            choice
            for choice in ModificationAuthority.choices
            if choice[0] != ModificationAuthority.CHANGE_ORDER
        ],
        help_text=(
            "Terms and prices need 13C, which the vendor signs too. Only what touches "
            "nobody's rights is administrative. A commercial contract knows no 13A."
        ),
    )
    citation = forms.CharField(
        max_length=120, help_text="The clause or regulation it rests on."
    )
    description = text_field(
        "Description (block 14)",
        "What changes and why. Before and after are compared for you.",
        rows=5,
    )
    effective_on = day_field("Effective date", "Today or earlier; prices may be later.")
    is_within_scope = forms.TypedChoiceField(
        label="Scope determination",
        widget=forms.RadioSelect,
        choices=SCOPE,
        coerce=lambda text: text == "True",
        help_text="Of the contract as it was competed (FAR 6.303).",
    )
    scope = text_field(
        "Why it lies within the scope, or outside of it",
        "For the file; the vendor does not read it.",
        rows=4,
    )
    administering_office = forms.CharField(
        label="Administering office",
        max_length=200,
        required=False,
        help_text="Only where another office than the awarding one issues this: its "
        "number then begins with A.",
    )
    title = forms.CharField(label="Title", max_length=200)
    contractor_name = forms.CharField(
        label="Name of the contractor",
        max_length=200,
        required=False,
        help_text="Only where it calls itself otherwise by a change-of-name agreement "
        "(FAR 42.1205); a successor takes a novation.",
    )
    ordering_end = day_field("Last day of the ordering period")
    minimum_dollars = forms.DecimalField(
        label="Guaranteed minimum in dollars",
        max_digits=18,
        decimal_places=2,
        required=False,
        help_text="As both agree. More is certified and costs a consideration.",
    )
    ceiling_dollars = forms.DecimalField(
        label="Contract ceiling in dollars", max_digits=18, decimal_places=2
    )
    ceiling_tokens = forms.IntegerField(label="Contract ceiling in tokens")
    notice_percent = forms.IntegerField(label="Notice, percent of an order's funds")
    tolerance_tokens = tolerance_field("tolerance_tokens")
    tolerance_percent = tolerance_field("tolerance_percent")
    tolerance_dollars = tolerance_field("tolerance_dollars")
    tolerance_month_percent = tolerance_field("tolerance_month_percent")
    tolerance_month_dollars = tolerance_field("tolerance_month_dollars")
    tolerance_de_minimis_dollars = tolerance_field("tolerance_de_minimis_dollars")
    tolerance_cap_percent = tolerance_field("tolerance_cap_percent")
    cor_settles_percent = tolerance_field("cor_settles_percent")
    cor_settles_dollars = tolerance_field("cor_settles_dollars")
    write_off_cap_dollars = tolerance_field("write_off_cap_dollars")
    report_due_days = forms.IntegerField(label="Usage report due, days after a period")
    payment_days = forms.IntegerField(label="Payment due, days")
    consideration = text_field(
        "Consideration", "Needed where a price rises: what the Government gets.", rows=3
    )
    price_memo = text_field(
        "Price memo", "Needed where a price is new or rises: why it is fair.", rows=3
    )
    credit_memo = text_field(
        "Credit memo",
        "Needed where a lower price reaches back before accepted usage.",
        rows=3,
    )

    grid_class = forms.formset_factory(
        PriceRow,
        formset=RemovableRows,
        extra=3,
        can_delete=True,
        can_delete_extra=False,
        max_num=200,
    )

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        self.contract = contract
        rows = rates_offered(contract)
        self.card = {row.slin: row for row in rows if not row.line.is_by_volume}
        offered = [(slin, _label(row)) for slin, row in self.card.items()]
        super().__init__(*args, choices={"slin": offered}, **more)
        self.fields["effective_on"].required = True
        for line in contract.lines.order_by("clin"):
            self.fields[f"line_{line.clin}"] = forms.DecimalField(
                label=f"Line {line.clin}, not to exceed, dollars",
                max_digits=18,
                decimal_places=2,
                initial=line.ceiling_dollars,
                help_text=line.description,
            )
        self.fields |= units.fields_of(contract)

    def clean(self) -> dict[str, Any]:
        """What was typed, as the verb takes it; what is as it was changes nothing."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        named = (
            *("authority", "citation", "description", "effective_on"),
            *("is_within_scope", "scope", "administering_office", "consideration"),
            *("price_memo", "credit_memo"),
        )
        new_lines, unit_rates = units.drafts(cleaned, self.contract)
        cleaned["proposal"] = Proposal(
            **{name: cleaned[name] for name in named},
            new_lines=new_lines,
            unit_rates=unit_rates,
            terms={
                name: cleaned[name]
                for name in calculations.TERMS
                if cleaned[name] not in (None, "")
            },
            line_ceilings={
                name.removeprefix("line_"): Dollars(value)
                for name, value in cleaned.items()
                if name.startswith("line_")
            },
            rates=[
                _rate(self.card[row["slin"]], row["price"], row["first_day"])
                for row in cleaned["rows"]
            ],
        )
        return cleaned


def _label(row: RateRow) -> str:
    price = f"${row.usd_per_million_tokens.normalize():f}"
    what = f"{row.token_class.label}, {row.model.snapshot}, {row.boundary_label}"
    return f"{row.slin} {what}: {price} now"


def _rate(row: RateRow, price: Decimal, first_day: Any) -> RateDraft:
    return RateDraft(
        clin=row.line.clin,
        slin=row.slin,
        snapshot=row.model.snapshot,
        token_class=row.token_class.code,
        price=UnitPrice(price),
        first_day=first_day,
        boundary=row.boundary,
        tier=row.tier,
        context_band=row.context_band,
    )


def terms_of(contract: Contract) -> dict[str, Any]:
    """The terms as they stand, for a form to begin with."""
    return {name: getattr(contract, name) for name in calculations.TERMS}


def as_drafted(modification: ContractModification) -> dict[str, Any]:
    """The form of a draft: its own words, on the contract as it stands now."""
    named = (
        *("authority", "citation", "description", "effective_on"),
        *("is_within_scope", "scope", "administering_office", "consideration"),
        *("price_memo", "credit_memo"),
    )
    return {
        **terms_of(modification.contract),
        **{name: getattr(modification, name) for name in named},
        **modification.terms,
        **{f"line_{clin}": each for clin, each in modification.line_ceilings.items()},
        **units.as_drafted(modification),
        "rows": [
            {
                "slin": rate["slin"],
                "price": Decimal(rate["price"]),
                "first_day": rate["from"][:10],
            }
            for rate in modification.rates
        ],
    }


class SignContractModificationForm(SeenVersion):
    """The vendor's signature."""

    confirm = forms.BooleanField(label="I sign this supplemental agreement.")


class RequestModificationChangesForm(SeenVersion):
    """What the vendor wants to read differently."""

    words = forms.CharField(
        label="What should read differently, and why",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class IssueContractModificationForm(SeenVersion):
    """The officer's signature."""

    confirm = forms.BooleanField(
        label="I sign this modification as contracting officer."
    )


class RecordModelTermsForm(forms.Form):
    """What the signed contract says of its models."""

    list_discount_percent = forms.DecimalField(
        label="Discount off the public list, percent",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        initial=0,
    )
    ratchet_days = forms.IntegerField(
        label="Days after a lower public list from which the lower price holds",
        min_value=0,
        max_value=365,
        required=False,
        help_text="Empty: the contract has no such clause.",
    )
    retirement_days = forms.IntegerField(
        label="Days of notice before a model is retired",
        min_value=1,
        max_value=1000,
        initial=180,
    )
    source = forms.CharField(
        label="Where the contract says so", max_length=200, help_text="The clause."
    )


class OnRampRow(ChoiceRow):
    """One price of the new model."""

    slin = forms.CharField(label="Subline", min_length=6, max_length=6)
    token_class = forms.ChoiceField(label="Class")
    price = forms.DecimalField(
        label="Dollars per million tokens",
        min_value=0,
        max_digits=12,
        decimal_places=6,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )


class DraftOnRampForm(GridForm):
    """The checklist of a new model, its prices, and the words of the agreement."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    snapshot = forms.ChoiceField(label="New model")
    boundary = forms.ChoiceField(label="Data boundary", choices=Boundary.choices)
    first_day = day_field("First day of its prices")
    clin = forms.CharField(
        label="Contract line",
        min_length=4,
        max_length=4,
        help_text="One that the contract has, or a new one.",
    )
    new_line = forms.CharField(
        label="Description of a new line",
        max_length=200,
        required=False,
        help_text="Only for a line that the contract does not have.",
    )
    new_line_tokens = forms.IntegerField(
        label="Estimated tokens of a new line", min_value=1, required=False
    )
    new_line_ceiling = forms.DecimalField(
        label="Ceiling of a new line, dollars",
        max_digits=18,
        decimal_places=2,
        required=False,
    )
    citation = forms.CharField(max_length=120, initial="FAR 43.103(a)")
    description = text_field("Description (block 14)", "What comes on, and why.", 4)
    scope = text_field(
        "Why it lies within the scope of the contract", "For the file.", 3
    )
    corpus = forms.CharField(
        max_length=200, help_text="The published file that was counted."
    )
    corpus_sha256 = forms.CharField(label="SHA-256 of the corpus", max_length=64)
    model_tokens = forms.IntegerField(
        label="Its tokens by the model's tokenizer", min_value=1
    )
    reference_tokens = forms.IntegerField(
        label="Its tokens by the reference tokenizer", min_value=1
    )
    counted_by = forms.ChoiceField(label="Whose count it is", choices=Counted.choices)
    predecessor = forms.ChoiceField(
        label="It succeeds", required=False, help_text="A model of the contract."
    )
    predecessor_tokens = forms.IntegerField(
        label="The corpus by the predecessor's tokenizer", min_value=1, required=False
    )
    security_evidence = text_field(
        "Security evidence", "The authorization for this data boundary.", 3
    )
    security_sha256 = forms.CharField(
        label="SHA-256 of the evidence", max_length=64, required=False
    )
    price_memo = text_field("Price memo", "Why the prices are fair.", 4)
    price_exception = text_field(
        "Officer's memo on a price above the list",
        "Only where a price is above the public list less the discount, or unlisted.",
        3,
    )

    grid_class = forms.formset_factory(
        OnRampRow,
        formset=RemovableRows,
        extra=4,
        can_delete=True,
        can_delete_extra=False,
        max_num=100,
    )

    def __init__(self, *args: Any, contract: Contract, on: date, **more: Any) -> None:
        self.contract = contract
        classes = [(each.code, each.label) for each in token_classes()]
        super().__init__(*args, choices={"token_class": classes}, **more)
        known = {row.model.snapshot for row in rates_offered(contract)}
        models = [each.snapshot for each in models_on(on)]
        _choose(self, "snapshot", [each for each in models if each not in known])
        _choose(self, "predecessor", ["", *sorted(known)])
        self.fields["first_day"].required = True
        self.attachments = attachments_on(on)
        for code, label in self.attachments.items():
            self.fields[f"paper_{code}"] = forms.CharField(
                label=f"SHA-256 of: {label}", max_length=64, required=False
            )

    def clean(self) -> dict[str, Any]:
        """The agreement and its checklist, as the verb takes them."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        said = {name: cleaned[name] for name in _SAID_OF_A_MODEL}
        cleaned["on_ramp"] = OnRampDraft(
            **said,
            model_tokens=Tokens(cleaned["model_tokens"]),
            reference_tokens=Tokens(cleaned["reference_tokens"]),
            predecessor_tokens=Tokens(cleaned["predecessor_tokens"] or 0),
            documents={code: cleaned[f"paper_{code}"] for code in self.attachments},
        )
        words = ("citation", "description", "scope", "price_memo")
        cleaned["proposal"] = Proposal(
            kind=ModificationKind.ON_RAMP,
            authority=ModificationAuthority.SUPPLEMENTAL_AGREEMENT,
            **{name: cleaned[name] for name in words},
            effective_on=cleaned["first_day"],
            new_lines=self._new_lines(cleaned),
            rates=[self._rate(cleaned, row) for row in cleaned["rows"]],
        )
        return cleaned

    def _rate(self, cleaned: dict[str, Any], row: dict[str, Any]) -> RateDraft:
        return RateDraft(
            clin=cleaned["clin"],
            slin=row["slin"].upper(),
            snapshot=cleaned["snapshot"],
            token_class=row["token_class"],
            price=UnitPrice(row["price"]),
            first_day=cleaned["first_day"],
            boundary=cleaned["boundary"],
        )

    def _new_lines(self, cleaned: dict[str, Any]) -> list[LineDraft]:
        if self.contract.lines.filter(clin=cleaned["clin"]).exists():
            return []
        return [
            LineDraft(
                clin=cleaned["clin"],
                description=cleaned["new_line"],
                psc=self.contract.psc,
                estimated_tokens=Tokens(cleaned["new_line_tokens"] or 0),
                ceiling_dollars=Dollars(cleaned["new_line_ceiling"] or 0),
            )
        ]


_SAID_OF_A_MODEL = (
    *("snapshot", "corpus", "corpus_sha256", "counted_by", "predecessor"),
    *("security_evidence", "security_sha256", "price_exception"),
)


def _choose(form: forms.Form, name: str, offered: list[str]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = [(each, each or "none") for each in offered]


class HoldRatchetFindingForm(forms.Form):
    """Why the contract's price stays above the public list."""

    reason = forms.CharField(
        label="Why the contract's price stays as it is",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RecordModelRetirementForm(forms.Form):
    """The vendor's notice that it retires a model."""

    snapshot = forms.CharField(label="Model snapshot", max_length=120)
    noticed_on = day_field("Day of the notice", "A vendor gives it today.")
    retires_on = day_field("Last day of the model")
    words = text_field("The notice", "As the vendor words it.", 3)
    substitute = forms.CharField(
        max_length=120, required=False, help_text="A model that is on the contract."
    )
    short_notice_accepted = text_field(
        "Why a shorter notice is accepted", "The contracting officer only.", 2
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("noticed_on", "retires_on"):
            self.fields[name].required = True
