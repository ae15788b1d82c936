"""Forms of the award pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Membership
from accounts.queries import known_vendors as known_vendors
from accounts.states import Role
from contracting.contracts.models import Contract, RateRow, UnenforceableTerm
from contracting.contracts.queries.ordering import appointable as appointable
from contracting.contracts.states import CorLevel
from contracting.documents.forms import SeveralFilesField as SeveralFilesField
from contracting.ledger.queries import lines_of_accounting_of
from contracting.reference.models import AiModel as AiModel
from contracting.reference.states import Boundary as Boundary
from contracting.requisitions.forms import (
    RemovableRows,
    day_field,
    instant_of,
    kept_rows,
    plausible,
)
from contracting.submissions.models import Submission


class FundingRow(forms.Form):
    """The funds of one line of accounting that bear a part of the minimum."""

    clin = forms.ChoiceField(label="CLIN")
    acrn = forms.CharField(
        label="ACRN",
        max_length=2,
        help_text="AA",
        widget=forms.TextInput(attrs={"size": 3}),
    )
    line_of_accounting = forms.ModelChoiceField(
        lines_of_accounting_of(None),
        label="Line of accounting",
        to_field_name="public_id",
    )
    dollars = forms.DecimalField(
        label="US dollars",
        max_digits=18,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )

    def __init__(
        self, *args: Any, agency_id: int, clins: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name == "clin" and isinstance(field, forms.ChoiceField):
                field.choices = [("", "Choose"), *((clin, clin) for clin in clins)]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = lines_of_accounting_of(agency_id)


FundingRows = forms.formset_factory(
    FundingRow, formset=RemovableRows, extra=3, can_delete=True, max_num=40
)


class DraftContractForm(forms.Form):
    """Which of several selected offers, the funds of its minimum, the notice share."""

    notice_percent = forms.IntegerField(
        label="Notice when this share of the funds is used",
        min_value=1,
        max_value=100,
        initial=75,
        help_text="Percent.",
    )
    report_due_days = forms.IntegerField(
        label="Days after a period by which the vendor reports usage",
        min_value=0,
        max_value=60,
        initial=3,
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        agency_id: int,
        clins: Sequence[str],
        minimum: Decimal,
        prices: Mapping[str, Decimal] | None = None,
        offers: Sequence[Submission],
        **kwargs: Any,
    ) -> None:
        """``prices`` are what the lines of a definitive contract cost, by CLIN."""
        super().__init__(data, files, **kwargs)
        if len(offers) > 1:
            numbers = {each.public_id: each.pk for each in offers}
            self.fields["offer"] = forms.TypedChoiceField(
                label="Selected offer",
                choices=[(each.public_id, each.called) for each in offers],
                coerce=numbers.__getitem__,
                widget=forms.RadioSelect,
            )
            self.order_fields(["offer"])
        whole = [{"clin": clins[0] if clins else "", "acrn": "AA", "dollars": minimum}]
        if prices is not None:
            whole = [
                {"clin": clin, "acrn": "AA", "dollars": price}
                for clin, price in prices.items()
            ]
        elif not minimum:
            whole = []
        self.grid = FundingRows(
            data,
            prefix="rows",
            initial=whole,
            form_kwargs={"agency_id": agency_id, "clins": clins},
        )

    def clean(self) -> dict[str, Any]:
        """With the rows of the grid under ``rows``."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["rows"] = kept_rows(self.grid)
        return cleaned


class SeenVersionForm(forms.Form):
    """A decision names the version that was read."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class AwardContractForm(SeenVersionForm):
    """The signature."""

    confirm = forms.BooleanField(
        label="I sign this award as contracting officer. It binds the Government.",
    )


class OfferAwardForm(SeenVersionForm):
    """The signature on the Government's offer, and until when it stands."""

    accept_day = day_field("The vendor accepts by, day")
    accept_time = forms.TimeField(
        label="The vendor accepts by, time",
        initial="17:00",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    confirm = forms.BooleanField(
        label="I sign this offer as contracting officer. It binds once it is accepted.",
    )

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone = zone
        self.fields["accept_day"].required = True
        self.fields["accept_time"].help_text = f"Inclusive, in {zone}."

    def clean(self) -> dict[str, Any]:
        """With the instant under ``accept_by``."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, time = cleaned.get("accept_day"), cleaned.get("accept_time")
        if day and time:
            cleaned["accept_by"] = instant_of(day, time, self.zone)
        return cleaned


class AcceptAwardForm(SeenVersionForm):
    """The vendor's signature."""

    confirm = forms.BooleanField(
        label="I accept this award for the vendor. The contract binds us from then on.",
    )


class DeclineAwardForm(forms.Form):
    """Why the vendor does not want it."""

    reason = forms.CharField(
        label="Why you decline",
        help_text="The contracting office reads it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ForgoAwardForm(forms.Form):
    """Why a selected offer is not awarded."""

    reason = forms.CharField(
        label="Why this offer is not awarded",
        help_text="In general terms: its vendor is told it in these words. Nothing of "
        "another vendor's prices or methods belongs here.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    confirm = forms.BooleanField(label="I forgo this award. It is not taken back.")


class CertifyContractFundsForm(SeenVersionForm):
    """The certifier's word."""

    confirm = forms.BooleanField(label="I certify that these funds are available.")


class DesignateCorForm(forms.Form):
    """Who represents the contracting officer, and when."""

    membership = forms.ModelChoiceField(
        Membership.objects.none(), label="Representative", to_field_name="public_id"
    )
    valid_from = forms.DateField(
        label="From",
        validators=[plausible],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    valid_to = forms.DateField(
        label="To, last day",
        validators=[plausible],
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    level = forms.ChoiceField(
        label="Certification level",
        choices=CorLevel.choices,
        help_text="FAC-COR level of the representative.",
    )
    certified_until = forms.DateField(
        label="Certified until, last day",
        validators=[plausible],
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="After it the representative no longer acts on this contract.",
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
        field.queryset = Membership.objects.filter(
            organization_id=contract.agency_id, role=Role.COR, is_active=True
        ).select_related("user", "organization")


class GratuitousServiceForm(forms.Form):
    """Which subline is free, and by which agreement."""

    slin = forms.ChoiceField(label="Item that costs nothing")
    agreement = forms.CharField(
        label="Agreement",
        max_length=300,
        help_text="Number and day, or where it is filed. The vendor has signed it.",
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = RateRow.objects.filter(
            line__contract=contract, superseded_at__isnull=True
        ).order_by("slin")
        field = self.fields["slin"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = [
            (row.slin, f"{row.slin} {row.token_class.label} of {row.model.snapshot}")
            for row in rows.select_related("token_class", "model")
        ] + [
            (line.clin, f"{line.clin} {line.description}")
            for line in contract.lines.order_by("clin")
            if line.is_by_unit
        ]


class ReviewAgreementForm(forms.Form):
    """What the yearly review found."""

    is_best_value = forms.TypedChoiceField(
        label="Does the agreement still offer the best value?",
        choices=[("yes", "Yes"), ("no", "No: it should end or be competed again")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(
        label="What you found",
        help_text="Whether it is used as meant and as estimated, and how its prices "
        "stand beside the market.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    reductions = forms.CharField(
        label="Lower prices that were asked for",
        help_text="Which, of whom, and what came of it; or why none were.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AcceptDesignationForm(forms.Form):
    """The representative's signature."""

    confirm = forms.BooleanField(
        label="I have read the letter and act only within it.",
    )


class ProtestForm(forms.Form):
    """What the notice of a protest says."""

    number = forms.CharField(label="Number of the protest", max_length=40)
    notified_on = forms.DateField(
        label="Day on which the agency had notice",
        validators=[plausible],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    debriefed_on = forms.DateField(
        label="Day offered for a debriefing that was required",
        required=False,
        validators=[plausible],
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class FindingForm(forms.Form):
    """What the head of the contracting activity found."""

    found_by = forms.CharField(
        label="Head of the contracting activity who signed it", max_length=120
    )
    text = forms.CharField(
        label="The finding",
        help_text="Urgent and compelling circumstances, or the best interests of the "
        "United States (FAR 33.104(c)(2)); or how the protest ended.",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


def words_field(
    label: str, help_text: str = "", *, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def short_day_field(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        validators=[plausible],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


USUAL_REASON = "Another offer represented the best value under the published factors."


class NotifyUnsuccessfulForm(forms.Form):
    """One reason for each offer, in general terms; when late, why."""

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Submission],
        is_late: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offers = {f"reason_{each.public_id}": each.pk for each in offers}
        for each in offers:
            field = words_field(
                f"Why the offer of {each.called} was not accepted",
                "In general terms. Nothing about other offers beyond what the letter "
                "says.",
            )
            field.initial = USUAL_REASON
            self.fields[f"reason_{each.public_id}"] = field
        if is_late:
            self.fields["late_reason"] = words_field(
                "Why the notice is late", "For the contract file."
            )
        self.fields["confirm"] = forms.BooleanField(
            label="I have read the letter. It is sent now and cannot be taken back."
        )

    def clean(self) -> dict[str, Any]:
        """With the reasons by submission under ``reasons``."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["reasons"] = {
            pk: cleaned[name] for name, pk in self.offers.items() if name in cleaned
        }
        return cleaned


class RequestDebriefingForm(forms.Form):
    """What the vendor wants to know."""

    questions = words_field(
        "What we want to know",
        "Questions on how our own offer was evaluated. Leave empty to hear what every "
        "debriefing says.",
        required=False,
    )


class HoldDebriefingForm(forms.Form):
    """When it was held, and what was said."""

    offered_on = short_day_field(
        "First day that was offered", "A protest is in time five days after it."
    )
    held_on = short_day_field("Day on which it was held")
    summary = words_field("Summary for the contract file", "FAR 15.506(f).")
    late_reason = words_field(
        "Why it was held late", "Only if it was held after its due day.", required=False
    )
    keeps_secrets = forms.BooleanField(
        label="Nothing was disclosed that may never be disclosed"
    )


class ContractActionReportForm(forms.Form):
    """What the procurement data system confirmed."""

    number = forms.CharField(
        label="Number of the report",
        max_length=40,
        help_text="As the procurement data system confirmed it.",
    )
    reported_on = short_day_field("Day on which it was reported")


class ReviewVendorTermForm(forms.Form):
    """A passage, what kind of term it is, and what becomes of it."""

    passage = words_field("The passage, word for word")
    kind = forms.ChoiceField(label="What it does", required=False)
    decision = forms.ChoiceField(
        label="What becomes of it",
        widget=forms.RadioSelect,
        choices=[
            ("strike", "It is struck and printed as unenforceable"),
            ("accept", "It is part of the contract"),
        ],
    )

    def __init__(
        self, *args: Any, kinds: Sequence[UnenforceableTerm], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = [
            ("", "None of these"),
            *((each.code, each.words) for each in kinds),
        ]
