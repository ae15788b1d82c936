"""The forms of an evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import Membership
from contracting.documents.forms import TextFileField
from contracting.evaluations.states import (
    AdjectivalRating,
    ConflictQuestion,
    NormalisationRule,
    RegistrationException,
)
from contracting.requisitions.forms import day_field
from contracting.solicitations.models import Amendment
from contracting.submissions.models import OpenedOffer, Submission


def _text(label: str, help_text: str = "", *, rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _day(label: str, help_text: str) -> forms.DateField:
    field = day_field(label, help_text)
    field.required = True
    return field


class DesignationForm(forms.Form):
    """Who is designated; the part on the panel is the role that they hold."""

    membership = forms.TypedChoiceField(label="Person")

    def __init__(
        self, *args: Any, candidates: Iterable[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = list(candidates)
        self.roles = {member.pk: member.role for member in offered}
        _offer(
            self.fields["membership"],
            {member.public_id: member.pk for member in offered},
            [
                ("", "Choose a person"),
                *((m.public_id, f"{m.user}, {m.role_label}") for m in offered),
            ],
        )

    def clean(self) -> dict[str, Any]:
        """With the part on the panel under ``role``."""
        data = super().clean() or self.cleaned_data
        if "membership" in data:
            data["role"] = self.roles[data["membership"]]
        return data


class DeclarationForm(forms.Form):
    """One promise, and an answer to each question; a yes is explained."""

    keeps_confidence = forms.BooleanField(
        label="I keep source selection information confidential"
    )
    explanation = forms.CharField(
        label="If you answered yes: what it is",
        help_text="The contracting officer reads it and decides.",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in ConflictQuestion:
            self.fields[question.value] = forms.ChoiceField(
                label=question.label,
                choices=[("no", "No"), ("yes", "Yes")],
                widget=forms.RadioSelect,
            )
        self.order_fields(["keeps_confidence", *ConflictQuestion.values])

    def clean(self) -> dict[str, Any]:
        """With the answers under ``answers``, by question."""
        data = super().clean() or self.cleaned_data
        data["answers"] = {
            name: data.pop(name) == "yes"
            for name in ConflictQuestion.values
            if name in data
        }
        return data


class ResolutionForm(forms.Form):
    """What becomes of a conflict that was declared."""

    outcome = forms.ChoiceField(
        label="Decision",
        choices=[
            ("exclude", "Exclude: the offers stay closed to this person"),
            ("admit", "Admit: this person may read and judge the offers"),
        ],
        widget=forms.RadioSelect,
    )
    reason = _text("Why", "How the conflict is avoided, neutralized or mitigated.")


class RatingForm(forms.Form):
    """One evaluator's words and rating."""

    rating = forms.ChoiceField(
        label="Rating",
        choices=AdjectivalRating.choices,
        widget=forms.RadioSelect,
    )
    strengths = _text(
        "Strengths",
        "With the place in the offer that shows each: [¶2], or [file 1, p. 3].",
    )
    weaknesses = _text("Weaknesses", "Write “none” if you found none.")
    reason = forms.CharField(
        label="Why you revise a rating that you have locked",
        help_text="The locked rating stays beside the new one.",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, is_locked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_locked:
            del self.fields["reason"]


class RatingDraftForm(forms.Form):
    """A rating as far as it is typed."""

    seen_version = forms.IntegerField(min_value=0)
    rating = forms.ChoiceField(
        choices=[("", ""), *AdjectivalRating.choices], required=False
    )
    strengths = forms.CharField(required=False, max_length=20_000, strip=False)
    weaknesses = forms.CharField(required=False, max_length=20_000, strip=False)
    reason = forms.CharField(required=False, max_length=20_000, strip=False)


class ConsensusForm(forms.Form):
    """What the panel agreed."""

    rating = forms.ChoiceField(
        label="Rating agreed",
        choices=AdjectivalRating.choices,
        widget=forms.RadioSelect,
    )
    narrative = _text(
        "What the panel agreed, and why",
        "Strengths and weaknesses that all of you see, and where you differ.",
    )


class DissentForm(forms.Form):
    """Where one evaluator does not go along."""

    text = _text(
        "Where you do not go along, and why",
        "It goes to the source selection authority with the consensus.",
    )


class PriceReleaseForm(forms.Form):
    """Why the panel sees prices early."""

    reason = _text(
        "Why the panel sees the prices before it has agreed",
        "It is kept, and stands on the pages of the prices and the panel.",
    )


def _offer(
    field: Any, numbers: Mapping[str, int], choices: Sequence[tuple[str, str]]
) -> None:
    """Choices by public id; what is chosen arrives as the number inside."""
    field.choices = list(choices)
    field.coerce = numbers.__getitem__


def _offer_offers(field: Any, offers: Sequence[OpenedOffer]) -> None:
    submissions = [offer.submission for offer in offers]
    _offer(
        field,
        {each.public_id: each.pk for each in submissions},
        [(each.public_id, each.called) for each in submissions],
    )


class WaiverForm(forms.Form):
    """Which amendment is immaterial to an offer, and why."""

    amendment = forms.TypedChoiceField(label="Amendment", widget=forms.RadioSelect)
    memo = _text(
        "Why it is immaterial",
        "What it changes, and why the offer means the same without it (FAR 14.405(d)).",
    )

    def __init__(
        self, *args: Any, amendments: Sequence[Amendment], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(
            self.fields["amendment"],
            {each.public_id: each.pk for each in amendments},
            [(each.public_id, f"{each.number}: {each.summary}") for each in amendments],
        )


class PriceQuestionForm(forms.Form):
    """What the officer asks about a price that an offer leaves open."""

    question = _text(
        "Question to the offeror",
        "The offeror reads it as it stands. An answer may confirm $0; it does not "
        "change the offer (FAR 15.306(a)).",
        rows=4,
    )


class PriceAnswerForm(forms.Form):
    """Whether zero is meant, in the offeror's own words."""

    meaning = forms.ChoiceField(
        label="What does the offer mean?",
        choices=[
            ("zero", "$0 is our price for this line: we charge nothing"),
            ("open", "The price was left open, or $0 is a mistake"),
        ],
        widget=forms.RadioSelect,
    )
    text = _text("In your words", "A sentence for the record.", rows=3)


class NormalisationForm(forms.Form):
    """By which stated rule an open price is put in, and why."""

    rule = forms.ChoiceField(
        label="Rule",
        choices=[(each.value, each.label.capitalize()) for each in NormalisationRule],
        widget=forms.RadioSelect,
    )
    reason = _text(
        "Why the offer is compared by a price that it does not state",
        "It is kept with the rule and stands beside the price in every table.",
        rows=4,
    )


class PriceAnalysisForm(forms.Form):
    """The conclusion of the price analysis."""

    conclusion = _text(
        "Conclusion",
        "Why the prices are, or are not, fair and reasonable (FAR 15.404-1).",
    )
    reasonable = forms.TypedMultipleChoiceField(
        label="Fair and reasonable are the prices of",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    unbalanced_memo = forms.CharField(
        label="Flagged prices that are acceptable all the same, and why",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, offers: Sequence[OpenedOffer], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer_offers(self.fields["reasonable"], offers)


class SelectionForm(forms.Form):
    """The authority's own decision; ``selected`` gives each offer its reason."""

    selected = forms.TypedChoiceField(label="Selected offer", widget=forms.RadioSelect)
    rationale = _text(
        "Rationale",
        "Your own comparison: what the better ratings are worth against the prices. "
        "The panel's words alone do not do (FAR 15.308).",
        rows=10,
    )
    seen_analysis = forms.CharField(
        max_length=40, required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, offers: Sequence[OpenedOffer], most: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.named = {each.submission_id: each.submission.public_id for each in offers}
        if most > 1:
            self.fields["selected"] = forms.TypedMultipleChoiceField(
                label="Selected offers",
                help_text=f"Up to {most}, each of another vendor.",
                widget=forms.CheckboxSelectMultiple,
            )
            for offer in offers:
                vendor, named = offer.submission.called, offer.submission.public_id
                field = _text(f"Why {vendor}, if you select it", rows=4)
                field.required = False
                self.fields[f"reason_{named}"] = field
            self.order_fields(["selected", *(n for n in self.fields if "reason_" in n)])
        _offer_offers(self.fields["selected"], offers)

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``selected``."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = data.get("selected")
        if chosen:
            data["selected"] = {
                number: data.get(f"reason_{self.named[number]}", "")
                for number in (chosen if isinstance(chosen, list) else [chosen])
            }
        return data


class NoAwardForm(forms.Form):
    """Why no offer is accepted: for everybody, and for the file."""

    reason = _text(
        "What everybody is told",
        "It goes to each offeror and onto the public page, as it stands. Name no "
        "offeror, rating or price.",
        rows=4,
    )
    rationale = _text(
        "Rationale for the file",
        "Your own: why to accept none serves the Government (FAR 15.305(b)).",
    )


class _OfEachOffer(forms.Form):
    """Words for each offer, under ``words`` by submission once they are clean."""

    label: str
    help_text: str
    is_required = True

    def __init__(
        self, *args: Any, submissions: Sequence[Submission], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.named = {f"words_{each.public_id}": each.pk for each in submissions}
        for each in submissions:
            label = self.label.format(vendor=each.called)
            field = _text(label, self.help_text, rows=4)
            field.required = self.is_required
            self.fields[f"words_{each.public_id}"] = field

    def clean(self) -> dict[str, Any]:
        """With the words that were written under ``words``, by submission."""
        data = super().clean() or self.cleaned_data
        data["words"] = {
            pk: data[name] for name, pk in self.named.items() if data.get(name)
        }
        return data


class RangeForm(_OfEachOffer):
    """Which offers are left out of the competitive range, and why."""

    label = "Why {vendor} is left out"
    help_text = "Leave it empty to keep the offer in. Its offeror is told these words."
    is_required = False


class TopicsForm(_OfEachOffer):
    """What is discussed with each offeror in the range."""

    label = "What is discussed with {vendor}"
    help_text = (
        "Its own deficiencies and significant weaknesses. Name no other offeror, and "
        "no price of another (FAR 15.306(d), (e))."
    )


class CutoffForm(forms.Form):
    """The one cutoff for final revisions."""

    cutoff = forms.DateTimeField(
        label="Cutoff for everybody",
        help_text="Date and time in the solicitation's time zone, such as "
        "2026-03-30 17:00.",
    )


class ImportRegistrationsForm(forms.Form):
    """An extract of registrations and exclusions, and when it was made."""

    file = TextFileField(
        label="Extract",
        help_text="CSV. The first line is uei,legal_name,registered_until,exclusion; "
        "exclusion is empty, or what the exclusion says.",
    )
    extracted_at = forms.DateTimeField(
        label="When the source made it",
        help_text="Date and time in the agency's time zone, such as 2026-03-30 09:15.",
    )


class ExtensionForm(forms.Form):
    """Until when an offer stays open, in the words of whoever signs for the vendor."""

    until = _day("Open until, day", "The last day on which it may be accepted.")
    words = _text(
        "Our extension in writing",
        "It is shown to the contracting officer and kept with the offer.",
        rows=3,
    )


class ExcuseForm(forms.Form):
    """The exception under which a vendor need not be registered, and why it applies."""

    code = forms.ChoiceField(
        label="Exception (FAR 4.1102(a))",
        choices=[
            (each.value, f"{each.value.removeprefix('4.1102')} {each.label}")
            for each in RegistrationException
        ],
        widget=forms.RadioSelect,
    )
    reason = _text("Reason", "What shows that the exception applies.", rows=4)


class FindingForm(forms.Form):
    """Which element of responsibility a vendor lacks."""

    is_small = forms.TypedChoiceField(
        label="Size of the vendor",
        choices=[
            ("yes", "It represents itself as a small business for this NAICS code"),
            ("no", "It is other than small"),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = _text(
        "Finding", "The element of FAR 9.104-1 that it lacks, and how that shows."
    )


class ReferralForm(forms.Form):
    """Which office has the referral, since when."""

    office = forms.CharField(label="Area office", max_length=120)
    received_on = _day("Received on", "When the office had the whole referral.")


class CertificateForm(forms.Form):
    """What the Small Business Administration decided."""

    is_issued = forms.TypedChoiceField(
        label="Decision",
        choices=[("yes", "Certificate of competency issued"), ("no", "Denied")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(label="Number of the decision", max_length=60)
    decided_on = _day("Decided on", "The day on the certificate or the letter.")


class RejectionForm(forms.Form):
    """Why an offer is rejected."""

    reason = _text("Reason", "The vendor reads it.", rows=4)


class LowerPricesForm(forms.Form):
    """A price for each line, none of them higher, and the words that lower them."""

    words = _text("Our modification in writing", rows=3)

    def __init__(self, *args: Any, labels: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in labels.items():
            self.fields[name] = forms.DecimalField(
                label=label, min_value=0, max_digits=12, decimal_places=6
            )
