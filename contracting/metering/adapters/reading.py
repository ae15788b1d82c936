"""How a delivery of a source is read: its format, its settings and its mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.events import Sender
from contracting.metering.adapters.files import Reader
from contracting.metering.adapters.mapped_csv import mapping_of
from contracting.metering.adapters.registry import (
    adapter_named,
    of_buckets,
    of_calls,
)
from contracting.metering.models import ColumnMapping, UsageSource
from contracting.metering.queries.uploads import mapping_in_force
from contracting.metering.refusals import (
    FormatNotTaken,
    FormatUnknown,
    MappingMissing,
)
from contracting.metering.states import REPORTS, Grain, SourceKind

SAYS: Final = {
    "order": "order_ref",
    "key": "key_ref",
    "boundary": "boundary",
    "context_band": "context_band",
    "channel": "channel",
}
"""What may be said of rows that do not say it themselves, and as what it is read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads the deliveries of a source.

    :ivar said: what was said of rows that do not say it themselves
    """

    adapter: Adapter
    read: Reader
    said: dict[str, str]
    mapping: ColumnMapping | None = None

    @property
    def mapping_id(self) -> int | None:
        """The mapping of columns by which it is read, if there is one."""
        return None if self.mapping is None else self.mapping.pk


def format_called(name: str) -> Adapter:
    """The adapter of calls of that name.

    :raises FormatUnknown: if no adapter has that name
    :raises FormatNotTaken: for a report, which is compared and never counted
    """
    adapter = adapter_named(name)
    if adapter is None:
        names = ", ".join(each.name for each in of_calls())
        message = f"There is no format {name[:40]!r}; formats are {names}."
        raise FormatUnknown(message)
    if adapter.grain != Grain.CALL:
        message = (
            f"{adapter.title} is a report: it is compared with the calls that were "
            "counted, and is never counted itself."
        )
        raise FormatNotTaken(message)
    return adapter


def report_called(name: str) -> Adapter:
    """The adapter of a usage report by hours or days, of that name.

    :raises FormatUnknown: if no adapter has that name
    :raises FormatNotTaken: for calls, which are counted, and for bills
    """
    adapter = adapter_named(name)
    names = ", ".join(each.name for each in of_buckets())
    if adapter is None:
        message = f"There is no format {name[:40]!r}; usage reports are {names}."
        raise FormatUnknown(message)
    if adapter.grain != Grain.BUCKET:
        message = f"{adapter.title} is no usage report by hours or days; {names} are."
        raise FormatNotTaken(message)
    return adapter


def reading_of(
    adapter: Adapter, source: UsageSource, said: Mapping[str, str]
) -> Reading:
    """What reads a delivery of that format from that source.

    :param said: by the names in ``SAYS``; what is empty is not said
    :raises FormatNotTaken: if the source is registered for something else
    :raises MappingMissing: if it is CSV and nobody has mapped its columns
    """
    if adapter.kind not in REPORTS[source.kind]:
        kind = SourceKind(source.kind).label
        message = (
            f"{source.label} is registered as a {kind}, which does not report "
            f"{adapter.title}. Register a source of the other kind for it."
        )
        raise FormatNotTaken(message)
    said = {name: said[name] for name in SAYS if said.get(name)}
    sender = Sender(
        source=source.code, **{SAYS[name]: value for name, value in said.items()}
    )
    if not adapter.needs:
        return Reading(adapter, lambda payload: adapter.read(payload, sender), said)
    row = mapping_in_force(source.pk)
    if row is None:
        message = (
            f"Nobody has said yet which column of the files of {source.label} is what. "
            "Map its columns on the page of the source; nothing was counted."
        )
        raise MappingMissing(message)
    mapping = mapping_of(row.declared)
    return Reading(
        adapter,
        lambda payload: adapter.read(payload, sender, mapping=mapping),
        said,
        row,
    )
