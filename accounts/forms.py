"""What people type about people, rights and keys."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.urls import reverse

from accounts.models import Membership
from accounts.queries import memberships_of
from accounts.states import (
    AGENCY_ONLY_SCOPES,
    VENDOR_ONLY_SCOPES,
    VENDOR_ROLES,
    ReviewField,
    Role,
    Scope,
)


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """People log in and nobody registers themselves: administrators do that."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_login_redirect_url(self, request: Any) -> str:
        """A person with several roles first says in which one they act."""
        if memberships_of(request.user.pk).count() > 1:
            return reverse("accounts:choose_membership")
        return str(super().get_login_redirect_url(request))


class Day(forms.DateInput):
    """A calendar day, with the browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MembershipForm(forms.Form):
    """Which of my roles."""

    membership = forms.ChoiceField(
        label="I act as",
        widget=forms.RadioSelect,
        help_text="Everything you do is recorded with this role until you change it.",
    )

    def __init__(self, *args: Any, held: list[Membership], **more: Any) -> None:
        super().__init__(*args, **more)
        _choices(self, "membership").choices = [
            (m.public_id, f"{m.role_label}, {m.organization}") for m in held
        ]


class PersonForm(forms.Form):
    """A person to register."""

    name = forms.CharField(max_length=120, help_text="As printed on paper.")
    email = forms.EmailField(label="E-mail address")
    phone = forms.CharField(max_length=40, required=False)


class GrantForm(forms.Form):
    """A role for a person who is registered."""

    email = forms.EmailField(
        label="E-mail address", help_text="The person must be registered already."
    )
    role = forms.ChoiceField()
    review_field = forms.ChoiceField(
        label="Field of review",
        required=False,
        choices=[("", "none"), *ReviewField.choices],
        help_text="For a reviewer only.",
    )

    def __init__(self, *args: Any, is_vendor: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        _choices(self, "role").choices = [
            (role.value, role.label.capitalize())
            for role in Role
            if (role in VENDOR_ROLES) == is_vendor
        ]
        if is_vendor:
            del self.fields["review_field"]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(max_length=200)


class WarrantForm(forms.Form):
    """A certificate of appointment."""

    number = forms.CharField(max_length=40, label="Certificate number")
    limit = forms.DecimalField(
        max_digits=18,
        decimal_places=2,
        min_value=0,
        label="Limit per action, US dollars",
    )
    valid_from = forms.DateField(widget=Day, label="First day")
    valid_to = forms.DateField(widget=Day, label="Last day")


class DelegationForm(forms.Form):
    """Who reviews in my place, and when."""

    delegate = forms.ChoiceField(label="Colleague")
    valid_from = forms.DateField(widget=Day, label="First day")
    valid_to = forms.DateField(widget=Day, label="Last day")
    reason = forms.CharField(max_length=200)

    def __init__(self, *args: Any, colleagues: list[Membership], **more: Any) -> None:
        super().__init__(*args, **more)
        _choices(self, "delegate").choices = [
            (m.public_id, f"{m.user}, {m.role_label}") for m in colleagues
        ]


class Networks(forms.CharField):
    """Networks in CIDR, as a list of texts; the operation says what is none."""

    def __init__(self) -> None:
        super().__init__(
            max_length=1200,
            required=False,
            label="Only from these networks",
            help_text="Such as 192.0.2.0/24, parted by commas or lines. Empty for a "
            "key that works from anywhere.",
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def clean(self, value: Any) -> Any:
        return super().clean(value).replace(",", " ").split()


class RotateKeyForm(forms.Form):
    """For how long the old key works yet, and the new one altogether."""

    hours = forms.IntegerField(
        min_value=0,
        max_value=168,
        initial=24,
        label="The old key works yet for, in hours",
        help_text="Until then both work. 0 if the old one has leaked.",
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=366,
        initial=90,
        label="The new key is valid for, in days",
    )


class RestrictKeyForm(forms.Form):
    """Where a key may be used from."""

    networks = Networks()


class KeyForm(forms.Form):
    """A key for a machine."""

    label = forms.CharField(
        max_length=120, help_text="Which machine holds it, such as the AI gateway."
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label="It may"
    )
    sources = forms.CharField(
        max_length=500,
        required=False,
        label="Usage sources that it may write",
        help_text="Names parted by commas. Empty for a key that writes no usage.",
    )
    networks = Networks()
    days = forms.IntegerField(
        min_value=1, max_value=366, initial=90, label="Valid for, in days"
    )

    def __init__(self, *args: Any, is_vendor: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        others = AGENCY_ONLY_SCOPES if is_vendor else VENDOR_ONLY_SCOPES
        _choices(self, "scopes").choices = [
            (scope.value, str(scope.label).capitalize())
            for scope in Scope
            if scope not in others
        ]

    def clean_sources(self) -> list[str]:
        text: str = self.cleaned_data["sources"]
        return [part.strip() for part in text.split(",") if part.strip()]


def _choices(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells the type)
    return field
