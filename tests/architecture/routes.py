"""Every address of the site, as the URL resolver knows it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib.admin import site
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from contracting.core.models import new_public_id

EXAMPLES = {
    "alternate": 1,
    "app_label": next(iter(site._registry))._meta.app_label,
    "content_type_id": 1,
    "key": "7-set-password",
    "object_id": "1",
    "number": 1,
    "position": 1,
    "token": "0" * 64,
    "uidb36": "7",
    "url": "nowhere",
}


@dataclass(frozen=True)
class Route:
    """A named pattern: its full name, and the names of what stands in its address."""

    name: str
    ids: tuple[str, ...]
    view: object = field(compare=False)

    def __str__(self) -> str:
        return self.name

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")

    def address(self, **known: object) -> str:
        """An address of this route; unknown ids are well-formed and lead nowhere."""
        ids = {
            each: known.get(each, EXAMPLES.get(each, new_public_id("obj")))
            for each in self.ids
        }
        return reverse(self.name, kwargs=ids)


def routes() -> list[Route]:
    """Every route, in the order of the resolver."""
    return list(_walk(get_resolver(), (), ()))


def _walk(
    resolver: URLResolver, names: tuple[str, ...], ids: tuple[str, ...]
) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        inside = (*ids, *_ids(pattern))
        if isinstance(pattern, URLResolver):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from _walk(pattern, (*names, *space), inside)
        elif pattern.name:
            yield Route(":".join((*names, pattern.name)), inside, pattern.callback)


def _ids(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    known = getattr(pattern.pattern, "converters", None)
    if known:
        return tuple(known)
    regex = pattern.pattern.regex
    return tuple(regex.groupindex)


def patterns_without_a_name() -> list[str]:
    """Addresses that no page can name, those of Django's own admin left out."""
    found: list[str] = []
    to_read = [get_resolver()]
    while to_read:
        for pattern in to_read.pop().url_patterns:
            if not isinstance(pattern, URLResolver):
                found += [] if pattern.name else [str(pattern.pattern)]
            elif pattern.namespace != site.name:
                to_read.append(pattern)
    return found
