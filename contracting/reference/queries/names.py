"""What a name in a report stands for on each day, told once for many days."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from contracting.reference.models import AiModel, ModelAlias
from contracting.reference.queries import resolve_model

_DAY = timedelta(days=1)


class Names:
    """The names of an agency; a name is resolved once between two changes of it."""

    def __init__(self, agency_id: int) -> None:
        self._agency_id = agency_id
        self._found: dict[tuple[str, date], int | None] = {}
        self._cuts: dict[str, list[date]] = {}

    def of_models(self, models: Collection[int]) -> list[str]:
        """Every name that may stand for one of these models."""
        snapshots = AiModel.objects.filter(pk__in=models)
        aliases = self._aliases().filter(model__in=models)
        return sorted(
            {
                *snapshots.values_list("snapshot", flat=True),
                *aliases.values_list("source_name", flat=True),
            }
        )

    def at(self, name: str, day: date) -> int | None:
        """The model that a name stands for on a day."""
        if name not in self._cuts:
            self._cuts[name] = sorted(self._changes(name))
        since = max((cut for cut in self._cuts[name] if cut <= day), default=date.min)
        if (name, since) not in self._found:
            model = resolve_model(name, day, self._agency_id)
            self._found[name, since] = model.pk if model else None
        return self._found[name, since]

    def pieces(
        self, name: str, days: Sequence[date]
    ) -> Iterator[tuple[date, date, int | None]]:
        """The first and last day of each part of ``days`` with one meaning."""
        start = 0
        for place, day in enumerate(days):
            is_last = place + 1 == len(days)
            if is_last or self.at(name, days[place + 1]) != self.at(name, day):
                yield days[start], day, self.at(name, day)
                start = place + 1

    def _aliases(self) -> QuerySet[ModelAlias]:
        return ModelAlias.objects.filter(
            Q(agency_id=self._agency_id) | Q(agency_id__isnull=True)
        )

    def _changes(self, name: str) -> set[date]:
        """The days on which its meaning may change."""
        aliases = self._aliases().filter(source_name=name)
        models = AiModel.objects.filter(
            Q(snapshot=name) | Q(pk__in=aliases.values("model"))
        )
        found = set()
        for rows in (aliases, models):
            for first, last in rows.values_list("valid_from", "valid_to"):
                found.add(first)
                if last is not None and last < date.max:
                    found.add(last + _DAY)
        return found
