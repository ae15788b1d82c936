"""The day on which a contract is read."""

from __future__ import annotations

from django import forms

from contracting.requisitions.forms import day_field


class ConformedForm(forms.Form):
    """The day on which the contract is read."""

    on = day_field("Read the contract as of")


class ConformForm(forms.Form):
    """The day on which the contract is read on paper."""

    on = day_field("Read the contract as of", required=True)
