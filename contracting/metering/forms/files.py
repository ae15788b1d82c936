"""Forms of files of usage and of the mapping of their columns."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from contracting.core.actors import Actor
from contracting.metering.adapters.files import MOST_ROWS
from contracting.metering.adapters.registry import OWN, of_buckets, of_calls
from contracting.metering.adapters.unpacking import UPLOAD, Limits, pieces
from contracting.metering.models import UsageSource
from contracting.metering.queries import sources_visible_to
from contracting.orders.models import TaskOrder
from contracting.orders.queries import visible_to

_MARKS: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
"""How a packed file begins; its name may say anything."""


def pieces_of(file: UploadedFile[Any], limits: Limits = UPLOAD) -> Iterator[bytes]:
    """A file in pieces, unpacked within the limits if it is packed.

    :raises UnreadableBatch: its subclasses, if it is too large or cut off
    """
    start = file.read(4)
    file.seek(0)
    encoding = next((n for mark, n in _MARKS.items() if start.startswith(mark)), "")
    stream = file.file or io.BytesIO(file.read())
    return pieces(stream, encoding, limits)


class UploadUsageForm(forms.Form):
    """A file of usage, its format, and what its rows do not say."""

    source = forms.ModelChoiceField(UsageSource.objects.none(), label="Source")
    format = forms.ChoiceField(
        label="Format", help_text="The source must be of the kind that reports it."
    )
    file = forms.FileField(
        label="File",
        help_text=f"Up to {MOST_ROWS:,} rows and 25 MB, as it is or packed with gzip "
        "or zstd. Only counts and names are kept of it, never the content of a call.",
    )
    order = forms.ModelChoiceField(
        TaskOrder.objects.none(),
        label="Order",
        required=False,
        empty_label="Each row says it, or its key does",
        to_field_name="public_id",
    )
    boundary = forms.CharField(
        max_length=20,
        required=False,
        label="Data boundary",
        help_text="Of rows that do not name it, for example FEDRAMP_MOD.",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source, order, named = (
            self.fields[name] for name in ("source", "order", "format")
        )
        assert isinstance(source, forms.ModelChoiceField)  # noqa: S101 (typing)
        assert isinstance(order, forms.ModelChoiceField)  # noqa: S101 (typing)
        assert isinstance(named, forms.ChoiceField)  # noqa: S101 (typing)
        source.queryset = sources_visible_to(actor).filter(closed_at__isnull=True)
        order.queryset = visible_to(actor).filter(piid__isnull=False).order_by("piid")
        named.choices = [(each.name, each.title) for each in of_calls()]
        named.initial = OWN.name


class ReceiveBucketsForm(forms.Form):
    """A usage report of a provider, and whose it is."""

    format = forms.ChoiceField(label="Format")
    file = forms.FileField(
        label="File",
        help_text="All pages of the usage API as they came: one JSON object, an array "
        "of them, or one to a line; packed with gzip or zstd if you like.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = self.fields["format"]
        assert isinstance(named, forms.ChoiceField)  # noqa: S101 (typing)
        named.choices = [(each.name, each.title) for each in of_buckets()]
