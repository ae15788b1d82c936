"""What is asked for on the pages of the watch."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.metering.models.funds_notices import FORECAST_DAYS, FORECAST_PERCENTS
from contracting.metering.states import FundsClausePreset
from contracting.watch.calculations.rules import RuleTerms
from contracting.watch.states import RuleMeasure, RuleScope, RuleSpan, Told


class _Day(forms.DateInput):
    """A calendar day, with the browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TryAlertRuleForm(forms.Form):
    """What a rule looks at, and which figure it waits for."""

    measure = forms.ChoiceField(label="Looks at", choices=RuleMeasure.choices)
    span = forms.ChoiceField(
        label="Added up",
        choices=[("", "Not added up"), *RuleSpan.choices],
        required=False,
        help_text="Of cost and tokens alone.",
    )
    threshold = forms.DecimalField(
        label="Figure",
        min_value=0,
        max_digits=18,
        decimal_places=2,
        help_text="US dollars of a cost, tokens, or whole days without use.",
    )
    scope = forms.ChoiceField(label="Of", choices=RuleScope.choices)
    scope_name = forms.CharField(
        label="Its name",
        max_length=120,
        required=False,
        help_text="The CLIN, the snapshot of the model, the project, or the key as "
        "gateways name it; not for the whole order.",
    )

    def clean(self) -> dict[str, Any]:
        """Cost and tokens are added up over a span, and nothing else is."""
        data = super().clean() or {}
        measure = data.get("measure")
        is_sum = measure in (RuleMeasure.COST, RuleMeasure.TOKENS)
        if measure and is_sum != bool(data.get("span")) and "span" not in self.errors:
            said = "Choose over which days it is added up."
            self.add_error("span", said if is_sum else "This is not added up.")
        return data

    @property
    def terms(self) -> RuleTerms:
        """What was asked for, as values."""
        data = self.cleaned_data
        return RuleTerms(
            name=data.get("name", ""),
            measure=data["measure"],
            threshold=data["threshold"],
            told=tuple(data.get("told", ())),
            span=data["span"],
            scope=data["scope"],
            scope_name=data["scope_name"],
        )


class SetAlertRuleForm(TryAlertRuleForm):
    """A rule with its name, those who are told, and why."""

    name = forms.CharField(label="Name of the rule", max_length=80)
    told = forms.MultipleChoiceField(
        label="Who is told",
        choices=Told.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="In the inbox, and by e-mail as each person has chosen.",
    )
    valid_from = forms.DateField(label="First day", widget=_Day())
    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("name", "measure", "span", "threshold", "scope", "scope_name")


class EndAlertRuleForm(forms.Form):
    """Why a rule ends."""

    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class PlanUseForm(forms.Form):
    """What begins on a day, and how much it uses."""

    words = forms.CharField(
        label="What begins",
        max_length=200,
        help_text="For example: the appeals team, forty people.",
    )
    starts_on = forms.DateField(label="First day", widget=_Day())
    until = forms.DateField(
        label="Last day",
        widget=_Day(),
        required=False,
        help_text="Empty: to the end of the order's period.",
    )
    tokens_per_day = forms.IntegerField(
        label="Tokens a day", min_value=0, max_value=10**15, initial=0
    )
    dollars_per_day = forms.DecimalField(
        label="US dollars a day",
        min_value=0,
        max_digits=18,
        decimal_places=2,
        initial=0,
    )


class WithdrawPlannedUseForm(EndAlertRuleForm):
    """Why it is not planned any more."""


class AcknowledgeNoticeForm(forms.Form):
    """What one's side does about it."""

    words = forms.CharField(
        label="What your side does about it", max_length=400, required=False
    )


class CloseAlarmForm(forms.Form):
    """What was found."""

    reason = forms.CharField(
        label="What was found",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stays with the alarm.",
    )


class SetNoticeTermsForm(forms.Form):
    """Shares of the funds, and the clause with the figures of its forecast."""

    percents = forms.CharField(
        label="Shares of the obligated funds, in percent",
        max_length=100,
        help_text="Whole numbers from 1 to 100 with commas between, for example "
        "50, 75, 85, 90, 100. The share signed in the contract and 100 are among them.",
    )
    clause = forms.ChoiceField(
        label="Clause whose forecast holds", choices=FundsClausePreset.choices
    )
    forecast_percent = forms.IntegerField(
        label="Own percent of the funds",
        required=False,
        min_value=FORECAST_PERCENTS[0],
        max_value=FORECAST_PERCENTS[1],
        help_text="Only with own figures: 75 to 85.",
    )
    forecast_days = forms.IntegerField(
        label="Own days ahead",
        required=False,
        min_value=FORECAST_DAYS[0],
        max_value=FORECAST_DAYS[1],
        help_text="Only with own figures: 30 to 90.",
    )
    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_percents(self) -> list[int]:
        """The numbers; what else is wrong with them the verb says."""
        parts = self.cleaned_data["percents"].replace("%", "").split(",")
        words = [part.strip() for part in parts if part.strip()]
        if not words or not all(w.isascii() and w.isdigit() for w in words):
            message = "Write whole numbers with commas between them."
            raise forms.ValidationError(message)
        return [int(word[:9]) for word in words]

    def clean(self) -> dict[str, Any]:
        """Own figures are given where no clause gives them."""
        data = super().clean() or {}
        if data.get("clause") == FundsClausePreset.OWN:
            for name in ("forecast_percent", "forecast_days"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, "Own figures need this number.")
        return data
