"""The form of an offer: text, files and one price for each line."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, TypeVar

from django import forms

from contracting.core.quantities import UnitPrice
from contracting.documents.forms import SeveralFilesField
from contracting.reference.models import AiModel
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.publishing.costs import structures, workload_months
from contracting.solicitations.publishing.limits import MOST_CHARACTERS, OfferLimits
from contracting.submissions.calculations import Offer, OfferedFile, OfferedPrice
from contracting.submissions.sealing.boxes import MadeBoxes, made_boxes
from contracting.submissions.sealing.holders import (
    MadeOfferKey,
    made_copies,
    made_offer_key,
)
from contracting.submissions.sealing.keys import LockedKey, told_locked
from contracting.submissions.sealing.offers import Rewrapped, told_rewrapped
from contracting.submissions.states import LateException

UNREADABLE: Final = (
    ArithmeticError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
    AttributeError,
)
FORBIDDEN: Final = "No macros, scripts, passwords or attached files."
_Made = TypeVar("_Made")
OLD_PAGE: Final = "The page that this comes from is an old one. Load it again."


class OfferForm(forms.Form):
    """A whole offer: a model for each CLIN and a price for each line."""

    technical = forms.CharField(
        label="Technical proposal",
        help_text="How you meet the statement of objectives and each factor.",
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=MOST_CHARACTERS,
    )
    attachments = SeveralFilesField(label="Files", required=False, sealed=True)
    acknowledged = forms.MultipleChoiceField(
        label="I acknowledge these amendments",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Acknowledge each amendment (R-SUB-05)."},
    )

    def __init__(
        self,
        *args: Any,
        lines: Sequence[SolicitationLine],
        models: Sequence[AiModel],
        amendments: Sequence[str],
        limits: OfferLimits,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        self.structures = structures(self.lines)
        told = " ".join(limits.sentences[1:])
        self.fields["attachments"].help_text = f"{told} {FORBIDDEN}"
        for clin in self.clins:
            self.fields[f"model_{clin}"] = self._model_field(clin, models)
        for line in self.lines:
            self.fields[f"price_{line.public_id}"] = forms.DecimalField(
                label=f"{line.quote_words} for {line.slin}",
                min_value=0,
                max_digits=12,
                decimal_places=6,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        numbers = [(number, f"Amendment {number}") for number in amendments]
        if numbers:
            field = self.fields["acknowledged"]
            field.choices = numbers  # type: ignore[attr-defined]
        else:
            del self.fields["acknowledged"]

    @property
    def clins(self) -> list[str]:
        """The CLINs of the price schedule, each of which one model serves."""
        return sorted({line.clin for line in self.lines if line.names_a_model})

    def _model_field(self, clin: str, models: Sequence[AiModel]) -> forms.Field:
        own = [x for x in self.lines if x.clin == clin and x.asks_boundary]
        boundaries = {line.boundary for line in own}
        fit = [model for model in models if boundaries <= set(model.boundaries)]
        numbers = {model.public_id: model.pk for model in fit}
        return forms.TypedChoiceField(
            label=f"Model for all lines of CLIN {clin}",
            help_text="Those that are authorized for its data boundary.",
            choices=[
                ("", "Choose a model"),
                *((m.public_id, f"{m.snapshot} ({m.provider})") for m in fit),
            ],
            coerce=numbers.__getitem__,
        )

    def model_fields(self) -> list[forms.BoundField]:
        """The field of the model of each CLIN."""
        return [self[f"model_{clin}"] for clin in self.clins]

    def price_rows(self) -> list[dict[str, Any]]:
        """Each line with its field and workload, for the price schedule."""
        months = workload_months(self.lines)
        return [
            {
                "line": line,
                "price": self[f"price_{line.public_id}"],
                "months": " ".join(map(str, months[line.slin])),
                "micro_units": int(line.workload_units.scaleb(6)),
            }
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """With the offer as values under ``offer``, once every field is valid."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            data["offer"] = self.offer()
        return data

    def offer(self) -> Offer:
        """The offer as values, of a valid form."""
        data = self.cleaned_data
        return Offer(
            technical=data["technical"],
            files=tuple(
                OfferedFile(file.name, file.media_type, file.content)
                for file in data["attachments"]
            ),
            prices=tuple(
                OfferedPrice(
                    line_id=line.pk,
                    model_id=data.get(f"model_{line.clin}"),
                    price=UnitPrice(data[f"price_{line.public_id}"]),
                )
                for line in self.lines
            ),
        )


def _told(text: str, read: Callable[[Any], _Made]) -> _Made | None:
    """What a browser tells of what it has made; nothing if it has made nothing.

    :raises ValidationError: if it is of another form
    """
    if not text:
        return None
    try:
        return read(json.loads(text))
    except UNREADABLE as error:
        raise forms.ValidationError(OLD_PAGE) from error


def _passphrase(label: str, help_text: str = "", *, new: bool = False) -> Any:
    """A field whose text is taken as it was typed and never shown again."""
    autocomplete = "new-password" if new else "off"
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class EnrolmentForm(forms.Form):
    """A new passphrase, typed twice, and the word that its loss is understood."""

    passphrase = _passphrase(
        "Passphrase for opening offers",
        "At least 15 characters: four words that nobody would expect together. Not "
        "your login's password.",
        new=True,
    )
    again = _passphrase("The same passphrase again", new=True)
    locked = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    understood = forms.BooleanField(
        label="I understand that nobody can bring a lost passphrase back",
        help_text="It is stored nowhere. Neither an administrator nor we can reset it.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("locked"):
            return data
        if data.get("again") not in (None, data.get("passphrase")):
            self.add_error("again", "The two passphrases differ. Type it again.")
        return data

    def full_clean(self) -> None:
        if self.data.get("locked"):
            self.fields["passphrase"].required = self.fields["again"].required = False
        super().full_clean()

    def clean_locked(self) -> LockedKey | None:
        """The key that a browser has made and locked, if it has."""
        return _told(self.cleaned_data["locked"], told_locked)


class HoldingForm(EnrolmentForm):
    """A passphrase for the offer key; or what a browser has made and locked with it."""

    passphrase = _passphrase(
        "Passphrase for reading our offers again",
        "At least 15 characters: four words that nobody would expect together. Not "
        "your login's password.",
        new=True,
    )
    made = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def clean_made(self) -> MadeOfferKey | None:
        """The offer key that a browser has made, if it has."""
        return _told(self.cleaned_data["made"], made_offer_key)


class AmongPeople(forms.Form):
    """A form on which some of these people are chosen, each by a value."""

    chosen: ClassVar[str]

    def __init__(
        self, *args: Any, people: Sequence[tuple[int | str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.chosen].choices = people  # type: ignore[attr-defined]


class SharingForm(AmongPeople):
    """A colleague, and the passphrase of who shares; or what their browser has made."""

    chosen = "holder"

    holder = forms.ChoiceField(
        label="Share it with",
        help_text="Colleagues who have chosen a passphrase and do not hold the key.",
        widget=forms.RadioSelect,
    )
    passphrase = _passphrase("Your passphrase for reading our offers")
    copies = forms.CharField(
        required=False, max_length=60_000, widget=forms.HiddenInput
    )

    def full_clean(self) -> None:
        if self.data.get("copies"):
            self.fields["passphrase"].required = False
        super().full_clean()

    def clean_copies(self) -> dict[str, bytes] | None:
        """The copies that a browser has made, by public id of each key, if it has."""
        return _told(self.cleaned_data["copies"], made_copies)


class RereadForm(forms.Form):
    """What of one's own offer to read, and one's passphrase."""

    part = forms.ChoiceField(
        label="What to read",
        help_text="Without JavaScript each file is fetched by itself.",
        required=False,
        widget=forms.RadioSelect,
    )
    passphrase = _passphrase("Your passphrase for reading our offers")

    def __init__(self, *args: Any, files: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [  # type: ignore[attr-defined]
            ("", "Text, prices and the names of the files"),
            *((str(n), f"File {n}, to download") for n in range(1, files + 1)),
        ]


class RotationForm(AmongPeople):
    """Who holds the offer key no longer, and the word that this is understood."""

    chosen = "leaving"

    leaving = forms.MultipleChoiceField(
        label="Take off the offer key",
        help_text="Nobody need leave: the key is replaced all the same.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    understood = forms.BooleanField(
        label="I understand that what was read was read",
        help_text="Who leaves may have kept what they read. Versions that we hand in "
        "from now on they cannot read; earlier ones this site shows them no more.",
    )
    made = forms.CharField(required=False, max_length=60_000, widget=forms.HiddenInput)

    def clean_made(self) -> MadeOfferKey | None:
        """The new key that a browser has made, if it has."""
        return _told(self.cleaned_data["made"], made_offer_key)


class NamingForm(AmongPeople):
    """Who opens the offers, and how many of them together."""

    chosen = "openers"

    openers = forms.TypedMultipleChoiceField(
        label="Openers",
        help_text="People of the agency who have enrolled with a passphrase.",
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
    )
    needed = forms.IntegerField(
        label="How many of them open together",
        help_text="With 3, name at least 5; with 2, at least 3.",
        min_value=2,
        max_value=20,
        initial=3,
    )

    made = forms.CharField(required=False, max_length=60_000, widget=forms.HiddenInput)

    def clean_made(self) -> MadeBoxes | None:
        """The boxes that a browser has made, if it has."""
        return _told(self.cleaned_data["made"], made_boxes)


class ReplacingForm(forms.Form):
    """Why other people open the offers, as every vendor is told."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why other people open the offers",
        help_text="It is published as the summary of the amendment. Name nobody.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )
    understood = forms.BooleanField(
        label="I understand that what lies sealed stays under the former key",
        help_text="Its former openers open it, unless its vendor seals it anew before "
        "the deadline. Keep them reachable.",
    )


class ResealForm(forms.Form):
    """The passphrase for the offer key; or the key that a browser has sealed anew."""

    passphrase = _passphrase("Your passphrase for reading our offers")
    rewrapped = forms.CharField(
        required=False, max_length=1000, widget=forms.HiddenInput
    )

    def full_clean(self) -> None:
        if self.data.get("rewrapped"):
            self.fields["passphrase"].required = False
        super().full_clean()

    def clean_rewrapped(self) -> Rewrapped | None:
        """The key that a browser has encrypted to the box in force, if it has."""
        return _told(self.cleaned_data["rewrapped"], told_rewrapped)


class ShareForm(forms.Form):
    """An opener's passphrase; or the share that their browser has opened with it."""

    share = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def full_clean(self) -> None:
        if self.data.get("share"):
            self.fields["passphrase"].required = False
        super().full_clean()

    def clean_share(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["share"], validate=True)
        except ValueError as error:
            raise forms.ValidationError(OLD_PAGE) from error


class RehearsalForm(ShareForm):
    """An opener's passphrase, to try it on a box that holds nothing."""

    passphrase = _passphrase("Your passphrase for opening offers")


class OpeningForm(ShareForm):
    """The word of one of the people who open, and their passphrase."""

    understood = forms.BooleanField(
        label="I consent to the opening of these offers",
        help_text="With the last share that is needed they are open for good.",
    )
    passphrase = _passphrase("Your passphrase for opening offers")


class AdmissionForm(forms.Form):
    """The exception under which a late offer is considered, and its evidence."""

    code = forms.ChoiceField(
        label="Exception (FAR 52.212-1(f)(2))",
        choices=[
            (each.value, each.label.capitalize())
            for each in LateException
            if each != LateException.NOT_EXCLUDED
        ],
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label="Evidence",
        help_text="What shows that the exception applies: logs, times, who saw it.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10_000,
    )

    def __init__(self, *args: Any, needs_exception: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        if not needs_exception:
            del self.fields["code"], self.fields["evidence"]

    def clean(self) -> dict[str, Any]:
        """Both empty where none is needed."""
        cleaned: dict[str, Any] = super().clean() or {}
        return cleaned if self.fields else {"code": "", "evidence": ""}


class WithdrawalForm(forms.Form):
    """The word of the vendor who takes the offer back."""

    understood = forms.BooleanField(
        label="I withdraw this offer",
        help_text="Receipts and sealed bytes are kept; their keys are deleted, so that "
        "nobody can ever read them. You may submit again until the deadline.",
    )


class OutageForm(forms.Form):
    """Whether an outage kept offers from being received, and why."""

    is_confirmed = forms.TypedChoiceField(
        label="Ruling",
        choices=[
            ("yes", "Confirm: offers could not be received; the deadline moves"),
            ("no", "Dismiss: offers could be received; the deadline stands"),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason",
        help_text="What happened, and how the log or anything else shows it.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=10_000,
    )
