"""Who is cheapest up to which use, in words; and the record that is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from contracting.core.quantities import Dollars
from contracting.evaluations.pricing.uses import (
    POINTS,
    PUBLISHED,
    Change,
    Curve,
    Order,
    Stretch,
    Use,
    all_tokens,
    changes,
    ranks_at,
    stretches,
)

_SCALES: Final = (
    (10**12, " trillion"),
    (10**9, " billion"),
    (10**6, " million"),
)


def record(
    curves: Sequence[Curve],
    used: Sequence[Use],
    *,
    months: int,
    not_ranked: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The totals at P10, P50 and P90 and every change of places, as they are kept.

    Dollars and fractions of tokens are exact text, whole tokens are integers.

    :param months: how many months the estimate covers; 0 if there is none
    :param not_ranked: offers that leave a line unpriced, with the lines
    """
    tokens = all_tokens(used)
    found = stretches(curves, tokens)
    ranks = [ranks_at(curves, place) for place in range(len(POINTS))]
    return {
        "months": months,
        "tokens": list(tokens),
        "lines_without_range": [use.slin for use in used if not use.is_ranged],
        "totals": [
            {
                "submission": each.submission,
                "vendor": each.vendor,
                **{
                    point: total.plain()
                    for point, total in zip(POINTS, each.totals, strict=True)
                },
                **(
                    {"between": [total.plain() for total in each.between]}
                    if each.between
                    else {}
                ),
                "ranks": [ranks[place][each.submission][0] for place in range(3)],
                "is_equal": [ranks[place][each.submission][1] for place in range(3)],
            }
            for each in sorted(curves, key=lambda each: each.totals[PUBLISHED])
        ],
        "not_ranked": [dict(row) for row in not_ranked],
        "changes": [
            {
                "tokens": str(change.tokens),
                "is_of_the_lead": change.is_of_the_lead,
                "before": _plain(change.before),
                "after": _plain(change.after),
            }
            for change in changes(found, tokens)
        ],
        "sentence": sentence(curves, found, tokens, months),
    }


def curves_of(kept: Mapping[str, Any]) -> list[Curve]:
    """The offers of a record as they were when it was made."""
    return [
        Curve(
            row["submission"],
            row["vendor"],
            (Dollars(row["p10"]), Dollars(row["p50"]), Dollars(row["p90"])),
            tuple(Dollars(total) for total in row.get("between", ())),
        )
        for row in kept["totals"]
    ]


def changes_of(kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changes of a record as a table shows them: where, who moves, who leads."""
    if not kept:
        return []
    curves = curves_of(kept)
    names = {each.submission: each.vendor for each in curves}
    found = changes(stretches(curves, kept["tokens"]), kept["tokens"])
    return [
        {
            "number": number,
            "where": volume(change.tokens, kept["months"]),
            "tokens": int(change.tokens / (kept["months"] or 1)),
            "moved": _joined(moved(change.before, change.after), names),
            "cheapest": _joined(change.after[0], names),
            "is_of_the_lead": change.is_of_the_lead,
        }
        for number, change in enumerate(found, start=1)
    ]


def sentence(
    curves: Sequence[Curve],
    found: Sequence[Stretch],
    tokens: Sequence[int],
    months: int,
) -> str:
    """Who is cheapest up to which use, e.g. "A is cheapest up to 1.4 billion …"."""
    if not curves:
        return "No offer prices every line, so none is ranked."
    names = {each.submission: each.vendor for each in curves}
    if len(curves) == 1:
        return f"{curves[0].vendor} is the only offer that prices every line."
    if not found:
        lead = ranks_at(curves, PUBLISHED)
        first = [number for number, (rank, _equal) in lead.items() if rank == 1]
        return f"{_lead(first, names)} at every volume: no range of use is estimated."
    moves = changes(found, tokens)
    return " ".join(
        [_leads(found, moves, names, months), *_behind(moves, names, months)]
    )


def _leads(
    found: Sequence[Stretch],
    moves: Sequence[Change],
    names: Mapping[int, str],
    months: int,
) -> str:
    said = _lead(found[0].order[0], names)
    turns = [move for move in moves if move.is_of_the_lead]
    if not turns:
        return f"{said} at every volume between P10 and P90."
    said += f" up to {volume(turns[0].tokens, months)}"
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        said += f", then {_joined(turn.after[0], names)}"
        if len(turn.after[0]) > 1:
            said += ", equal"
        if following is not None:
            said += f" up to {volume(following.tokens, months)}"
    return f"{said}."


def _behind(
    moves: Sequence[Change], names: Mapping[int, str], months: int
) -> list[str]:
    """Where offers change places behind the cheapest, as a sentence if there is one."""
    behind = [move for move in moves if not move.is_of_the_lead]
    if not behind:
        return []
    where = "; ".join(
        f"{volume(move.tokens, months)} "
        f"({_joined(moved(move.before, move.after), names)})"
        for move in behind
    )
    return [f"Behind the cheapest, offers change places at {where}."]


def moved(before: Order, after: Order) -> list[int]:
    """The submissions whose rank is another one after a change."""
    old, new = _ranked(before), _ranked(after)
    return [number for number in old if old[number] != new[number]]


def _ranked(order: Order) -> dict[int, tuple[int, int]]:
    ranks: dict[int, tuple[int, int]] = {}
    for group in order:
        ranks.update(dict.fromkeys(group, (len(ranks), len(group))))
    return ranks


def _lead(submissions: Sequence[int], names: Mapping[int, str]) -> str:
    if len(submissions) > 1:
        return f"{_joined(submissions, names)} are equal, and cheapest,"
    return f"{_joined(submissions, names)} is cheapest"


def _joined(submissions: Sequence[int], names: Mapping[int, str]) -> str:
    said = [names[number] for number in submissions]
    if len(said) < 2:
        return "".join(said)
    return f"{', '.join(said[:-1])} and {said[-1]}"


def volume(tokens: Fraction, months: int) -> str:
    """Tokens a month to three digits: "1.4 billion tokens a month"."""
    if not months:
        return f"{short(tokens)} tokens"
    return f"{short(tokens / months)} tokens a month"


def short(number: Fraction) -> str:
    """A number to three digits, "about" before it if that is not all of it."""
    for size, name in _SCALES:
        if number >= size:
            text, is_exact = _three_digits(number / size)
            return f"{'' if is_exact else 'about '}{text}{name}"
    whole = int(number + Fraction(1, 2))
    return f"{'' if whole == number else 'about '}{whole:,}"


def _three_digits(number: Fraction) -> tuple[str, bool]:
    """A number of at least 1 with as many decimals as three digits leave."""
    places = 2 if number < 10 else 1 if number < 100 else 0
    scale = 10**places
    units = int(number * scale + Fraction(1, 2))
    text = f"{units // scale:,}"
    if places:
        text = f"{text}.{units % scale:0{places}d}".rstrip("0").rstrip(".")
    return text, Fraction(units, scale) == number


def _plain(order: Order) -> list[list[int]]:
    return [list(group) for group in order]
