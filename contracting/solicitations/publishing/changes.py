"""What changed between two versions of a package, in the words of a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from contracting.core.canonical import plain
from contracting.core.templatetags.drawdown import instant_in
from contracting.solicitations.publishing.options import words_of
from contracting.solicitations.publishing.redline import Part, redline
from contracting.solicitations.publishing.schedule import line_said
from contracting.solicitations.publishing.terms import TERMS

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True, slots=True)
class Change:
    """One term as it stood and as it stands; empty where it did not or does not."""

    term: str
    old: str
    new: str

    def plain(self) -> dict[str, str]:
        return asdict(self)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs between two contents, term by term, in the words of a person."""
    before, after = spoken(old), spoken(new)
    return [
        Change(term=term, old=before.get(term, ""), new=after.get(term, ""))
        for term in dict.fromkeys([*before, *after])
        if before.get(term, "") != after.get(term, "")
    ]


def merged(changes: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Changes of several versions as one step: from the first old to the last new."""
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for change in changes:
        first.setdefault(change["term"], change["old"])
        last[change["term"]] = change["new"]
    return [
        {"term": term, "old": first[term], "new": last[term]}
        for term in first
        if first[term] != last[term]
    ]


def shown(changes: Iterable[Mapping[str, str]], zone: str) -> list[dict[str, Any]]:
    """Changes as a page shows them: word by word, instants in the deadline's zone."""
    return [
        {
            **{name: _shown(text, zone) for name, text in change.items()},
            "parts": _parts(change["old"], change["new"]),
        }
        for change in changes
    ]


def _parts(old: str, new: str) -> list[Part]:
    """What differs word by word, where both are words."""
    if not old or not new or _INSTANT.fullmatch(old) or _INSTANT.fullmatch(new):
        return []
    return redline(old, new)


def _shown(text: str, zone: str) -> Any:
    if _INSTANT.fullmatch(text):
        return instant_in(datetime.fromisoformat(text.replace("Z", "+00:00")), zone)
    return text


def spoken(content_of_it: Mapping[str, Any]) -> dict[str, str]:
    """Each term of a content by its name, in the words of a person."""
    known = plain(content_of_it)
    terms = known["terms"]
    spoken = {
        words: _words(terms.get(name))
        for name, words in TERMS.items()
        if name != "options"
    }
    for option in terms.get("options") or ():
        spoken[f"Option {option['number']}"] = words_of(option)
    for line in known["lines"]:
        spoken[f"Line {line['slin']}"] = line_said(line)
    for factor in known["factors"]:
        price = " (price)" if factor["is_price"] else ""
        spoken[f"Factor {factor['position']}"] = (
            f"{factor['name']}{price}: {factor['description']}"
        )
    for clause in known["clauses"]:
        spoken[f"Clause {clause['number']}"] = (
            f"{clause['title']}, in force from {clause['valid_from']}"
        )
    return spoken


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
