"""Which vendors and models a text names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping


def named_in(
    texts: Iterable[str], known: Iterable[tuple[str, str]]
) -> Mapping[str, frozenset[str]]:
    """The names of each maker that stand in the texts as words of their own.

    :param known: (maker, name) of every vendor, provider, model and snapshot
    """
    whole = "\n".join(texts)
    found: dict[str, set[str]] = defaultdict(set)
    for maker, name in known:
        if name and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", whole, re.I):
            found[maker].add(name)
    return {maker: frozenset(names) for maker, names in found.items()}
