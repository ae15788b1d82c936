"""The page on which the columns of a source's files are mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.metering import permissions, queries
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.files import read_back, read_file
from contracting.metering.adapters.mapped_csv import ADAPTERS as CSV_ADAPTERS
from contracting.metering.adapters.mapped_csv import mapping_of, read_mapped
from contracting.metering.forms.mapping import SAMPLE_BYTES, MapColumnsForm
from contracting.metering.models import UsageSource
from contracting.metering.operations.map_columns import map_columns
from contracting.metering.queries.uploads import mapping_in_force
from contracting.metering.refusals import UnreadableBatch
from contracting.metering.states import RowCode
from contracting.metering.views import AgencyPage
from contracting.reference.queries import token_classes


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the sample as it would be read, or why it would be rejected."""

    number: int
    call: ReadEvent | None
    lines: list[tuple[str, int]]
    words: str
    pointer: str


class MapColumnsView(AgencyPage, VerbView):
    """Say which column of a source's files is what, looking at the first rows."""

    template_name = "metering/map_columns.html"
    form_class = MapColumnsForm
    submit_label = "Save the mapping"
    done_message = "The mapping is saved. The next CSV file is read by it."
    preview: tuple[PreviewRow, ...] = ()
    unread: str = ""

    def thing(self, *_: Any, **ids: Any) -> UsageSource:
        self.agency_id()
        return queries.get_source_by_id(self.actor, ids["public_id"])

    def verdict(self, thing: UsageSource) -> Verdict:
        return permissions.can_map_columns(self.actor, thing.agency_id)

    def form_options(self, thing: UsageSource) -> dict[str, Any]:
        last = mapping_in_force(thing.pk)
        return {"before": last.declared if last else None}

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Save it, or only show how the sample would be read."""
        data = _with_sample(request)
        request.POST = data  # type: ignore[assignment]
        thing = self.thing(**ids)
        options = self.form_options(thing)
        form = MapColumnsForm(initial={"sample": data["sample"]}, **options)
        # Choices that were made about other columns say nothing about these.
        are_chosen = data.get("mark") == form.mark
        if not self.verdict(thing) or ("save" in data and are_chosen):
            return super().post(request, **ids)
        if are_chosen:
            form = MapColumnsForm(data, **options)
        return self._page(thing, form)

    def extra(self, thing: UsageSource) -> dict[str, Any]:
        return {
            "source": thing,
            "cancel_url": thing.path,
            "mappings": thing.mappings.order_by("-version")[:20],
            "preview": self.preview,
            "unread": self.unread,
        }

    def _page(self, thing: UsageSource, form: Any, **how: Any) -> HttpResponse:
        declared = self._to_show(form)
        if declared is not None and form.rows:
            try:
                self.preview = tuple(_preview(thing, form.initial["sample"], declared))
            except UnreadableBatch as error:
                self.unread = error.message
        return super()._page(thing, form, **how)

    def _to_show(self, form: MapColumnsForm) -> Mapping[str, Any] | None:
        """The mapping by which the sample is shown: the chosen one, else the last."""
        if form.is_bound:
            return form.cleaned_data.get("declared") if form.is_valid() else None
        return form.before or None

    def perform(
        self, *, thing: UsageSource, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        map_columns(source_id=thing.pk, declared=data["declared"], by=by, at=at)
        return thing.path


def _with_sample(request: HttpRequest) -> QueryDict:
    """What was sent, with the first lines of the file in place of the sample."""
    data = request.POST.copy()
    file = request.FILES.get("file")
    if file is not None:
        head = file.read(SAMPLE_BYTES)
        data["sample"] = head.decode("utf-8-sig", errors="replace")
    data.setdefault("sample", "")
    return data


def _preview(
    source: UsageSource, sample: str, declared: Mapping[str, Any]
) -> Iterator[PreviewRow]:
    """The rows of the sample as they would be read.

    :raises UnreadableBatch: if the sample is no such file
    """
    (adapter,) = CSV_ADAPTERS
    mapping, sender = mapping_of(dict(declared)), Sender(source=source.code)
    labels = {row.code: row.label for row in token_classes()}
    file = read_file(
        [sample.encode()],
        adapter,
        lambda payload: read_mapped(payload, sender, mapping=mapping),
    )
    for chunk in file.chunks:
        for number, row in enumerate(read_back(chunk.content), 1):
            if isinstance(row, BadRow):
                words = str(dict(RowCode.choices).get(row.code, row.code))
                yield PreviewRow(number, None, [], words, row.pointer)
            else:
                lines = [(labels.get(code, code), n) for code, n in row.lines if n]
                yield PreviewRow(number, row, lines, "", "")
