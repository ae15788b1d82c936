"""Forms of the usage pages."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.core.actors import Actor
from contracting.metering.models import UsageSource
from contracting.metering.queries import sources_visible_to
from contracting.reference.queries import token_classes


class RegisterSourceForm(forms.Form):
    """A gateway that will report."""

    code = forms.CharField(
        label="Source",
        max_length=120,
        help_text="Exactly as its events name it, for example urn:gateway:examples.",
    )
    label = forms.CharField(label="Name", max_length=120)


class IngestUsageForm(forms.Form):
    """A file of CloudEvents."""

    source = forms.ModelChoiceField(UsageSource.objects.none(), label="Source")
    file = forms.FileField(
        label="File",
        help_text="NDJSON or a JSON array of CloudEvents: up to 10,000 rows, 25 MB.",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
        field.queryset = sources_visible_to(actor).filter(closed_at__isnull=True)


class CorrectUsageForm(forms.Form):
    """A signed change of one class of one event."""

    source = forms.ModelChoiceField(UsageSource.objects.none(), label="Source")
    event_id = forms.CharField(label="Event to correct", max_length=200)
    correction_id = forms.CharField(
        label="Id of the correction",
        max_length=200,
        help_text="A new id; sending it twice corrects once.",
    )
    token_class = forms.ChoiceField(label="Token class")
    change = forms.IntegerField(
        label="Change in tokens", help_text="For example -120 takes back 120 tokens."
    )
    reason = forms.CharField(label="Reason", max_length=200)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources, classes = self.fields["source"], self.fields["token_class"]
        assert isinstance(sources, forms.ModelChoiceField)  # noqa: S101 (typing)
        assert isinstance(classes, forms.ChoiceField)  # noqa: S101 (typing)
        sources.queryset = sources_visible_to(actor)
        classes.choices = [(c.code, f"{c.label} ({c.code})") for c in token_classes()]
