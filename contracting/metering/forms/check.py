"""The form that tries rows of usage without counting them."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.core.actors import Actor
from contracting.metering.adapters.registry import OWN, of_calls
from contracting.metering.models import UsageSource
from contracting.metering.queries import sources_visible_to


class CheckUsageForm(forms.Form):
    """Rows as a gateway would send them."""

    source = forms.ModelChoiceField(
        UsageSource.objects.none(), label="Source", to_field_name="public_id"
    )
    format = forms.ChoiceField(label="Format", initial=OWN.name)
    rows = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=64 * 1024,
        label="Rows",
        help_text="As the gateway would send them: one JSON object to a line, an "
        "array, or CSV with its header.",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source, named = self.fields["source"], self.fields["format"]
        assert isinstance(source, forms.ModelChoiceField)  # noqa: S101 (typing)
        assert isinstance(named, forms.ChoiceField)  # noqa: S101 (typing)
        source.queryset = sources_visible_to(actor).filter(closed_at__isnull=True)
        named.choices = [(each.name, each.title) for each in of_calls()]
