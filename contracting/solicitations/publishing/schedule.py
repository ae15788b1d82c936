"""The price schedule as somebody writes it: what each row asks for, and what fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracting.core.identifiers import check_clin, check_slin
from contracting.core.quantities import Tokens
from contracting.reference.models import TokenClass
from contracting.reference.states import (
    BY_TOKENS,
    BY_VOLUME,
    UNITS_OF,
    Boundary,
    CountedOver,
    CountedPer,
    PartMonths,
    PriceStructure,
    Tier,
    Unit,
    counted_words,
)
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.refusals import NotInDictionary, TermInvalid
from contracting.solicitations.states import ContextBand

MOST_TOKENS: Final = 9_000_000_000_000_000
"""At which a step may begin; far more than is ever used."""

MOST_QUANTITY: Final = 999_999_999_999
MOST_PERIODS: Final = 100_000
"""Of a workload: more hours than ten years have."""

MOST_MONTHS: Final = 120
"""Over which a workload is used; no contract lasts longer."""

_OF_A_STRUCTURE: Final = (
    "structure",
    "unit",
    "from_tokens",
    "counted_over",
    "counted_per",
    "part_months",
    "workload_quantity",
    "workload_periods",
)
_OF_A_CLIN: Final = {
    "structure": "is priced",
    "unit": "is measured",
    "counted_over": "counts its volume",
    "counted_per": "counts its volume",
    "part_months": "counts a part of a month",
    "periods": "lasts in the workload",
}


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A row of the price schedule as somebody writes it; offers put a figure to each.

    :param token_class: its code; empty where a unit is priced
    :param from_tokens: of tiers, the volume from which its price holds
    :param quantity: how many of what is bought by the unit the workload holds
    :param periods: for how many months or hours, or over how many equal months
    """

    clin: str
    slin: str
    description: str
    token_class: str
    workload: Tokens
    tier: str = Tier.STANDARD.value
    context_band: str = ContextBand.ALL.value
    boundary: str = Boundary.FEDRAMP_MOD.value
    unit: str = Unit.MTOK.value
    structure: str = PriceStructure.UNIT_PRICE.value
    from_tokens: int = 0
    counted_over: str = CountedOver.ORDER.value
    counted_per: str = CountedPer.MONTH.value
    part_months: str = PartMonths.BY_DAY.value
    quantity: int = 0
    periods: int = 1

    @property
    def is_by_unit(self) -> bool:
        """Whether it is bought by the month, hour or piece."""
        return self.unit not in BY_TOKENS


def plain_line(line: SolicitationLine) -> dict[str, Any]:
    """A row as the content of the package has it.

    A fixed unit price says nothing of steps, quantities and periods.
    """
    made: dict[str, Any] = {
        "clin": line.clin,
        "slin": line.slin,
        "description": line.description,
        "token_class": line.class_code,
        "tier": line.tier,
        "context_band": line.context_band,
        "boundary": line.boundary,
        "unit": line.unit,
        "workload_tokens": line.workload_tokens,
    }
    if line.structure != PriceStructure.UNIT_PRICE:
        made |= {name: getattr(line, name) for name in _OF_A_STRUCTURE}
        made["workload_quantity"] = int(line.workload_quantity)
    return made


def draft_of(line: Mapping[str, Any]) -> LineDraft:
    """The row that :func:`plain_line` has made plain."""
    names = ("clin", "slin", "description", "token_class", "tier", "context_band")
    more = {
        name: line[name]
        for name in ("boundary", "unit", *_OF_A_STRUCTURE[2:6], "structure")
        if name in line
    }
    return LineDraft(
        **{name: line[name] for name in names},
        **more,
        workload=Tokens(line["workload_tokens"]),
        quantity=line.get("workload_quantity", 0),
        periods=line.get("workload_periods", 1),
    )


def workload_of(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What of the rows the reference workload consists of, for its hash."""
    names = ("slin", "token_class", "tier", "context_band", "boundary")
    return [
        {
            name: line[name]
            for name in (*names, "workload_tokens", *_OF_A_STRUCTURE)
            if name in line and (name != "unit" or "structure" in line)
        }
        for line in lines
    ]


def workload_said(line: Mapping[str, Any]) -> str:
    """The workload of a plain row, in words, with how it is priced."""
    if "structure" not in line:
        return f"{line['workload_tokens']:,} tokens of reference workload"
    words = [str(PriceStructure(line["structure"]).label)]
    if line["structure"] in BY_VOLUME:
        words.append(counted_words(line["counted_over"], line["counted_per"]))
        words.append(f"{line['workload_periods']:,} periods")
    if line["from_tokens"]:
        words.append(f"from {line['from_tokens']:,} tokens on")
    if line["workload_tokens"]:
        words.append(f"{line['workload_tokens']:,} tokens of reference workload")
    if line["workload_quantity"]:
        count = f"{line['workload_quantity']:,} × {line['workload_periods']:,}"
        words.append(f"{count} {line['unit']} of reference workload")
    if line["unit"] == Unit.MONTH:
        words.append(str(PartMonths(line["part_months"]).label))
    return "; ".join(words)


def line_said(line: Mapping[str, Any]) -> str:
    """A plain row in words: what it buys, how that is served, and its workload."""
    words = [line["description"]]
    if line["token_class"]:
        names = ("token_class", "tier", "context_band", "boundary")
        words.append(", ".join(line[name] for name in names))
    else:
        words.append(f"price per {Unit(line['unit']).label}")
    return "; ".join([*words, workload_said(line)])


def checked_lines(
    lines: Sequence[LineDraft], dictionary: Mapping[str, TokenClass]
) -> list[dict[str, Any]]:
    """The rows of the price schedule as they are stored.

    :param dictionary: every token class of the contract dictionary, by code
    :raises NotInDictionary: for another class, unit, tier, band or boundary (R-SOL-13)
    :raises BadIdentifier: for a line number that breaks its grammar
    :raises TermInvalid: if a number stands twice, is informational or asks for the
        price that another line of its CLIN asks for, a workload is negative, or the
        rows of a CLIN do not make a price structure
    """
    seen: set[str] = set()
    priced: dict[tuple[Any, ...], str] = {}
    rows = []
    for line in lines:
        _require_in_dictionary(line, dictionary)
        clin, slin = check_clin(line.clin), check_slin(line.slin)
        if not slin.startswith(clin) or slin in seen:
            message = f"Line {slin} must stand once, and under its CLIN {clin}."
            raise TermInvalid(message, slin=slin)
        _require_priced_once(line, clin, slin, priced)
        if not line.description.strip() or line.workload < Tokens(0):
            message = f"Line {slin} needs a description and a workload of zero or more."
            raise TermInvalid(message, slin=slin)
        _require_plausible(line)
        seen.add(slin)
        rows.append(
            {
                "clin": clin,
                "slin": slin,
                "description": line.description.strip(),
                "token_class": dictionary.get(line.token_class),
                "tier": line.tier,
                "context_band": line.context_band,
                "boundary": line.boundary,
                "workload_tokens": line.workload.count,
                "structure": line.structure,
                "unit": line.unit,
                "from_tokens": line.from_tokens,
                "counted_over": line.counted_over,
                "counted_per": line.counted_per,
                "part_months": line.part_months,
                "workload_quantity": line.quantity,
                "workload_periods": line.periods,
            }
        )
    by_clin: dict[str, list[LineDraft]] = {}
    for line in lines:
        by_clin.setdefault(line.clin, []).append(line)
    for own in by_clin.values():
        _require_whole(own)
    return rows


def _require_priced_once(
    line: LineDraft, clin: str, slin: str, priced: dict[tuple[Any, ...], str]
) -> None:
    if slin[len(clin) :].isdigit():
        message = (
            f"{slin} is an informational sub-line, which is not priced (FAR 4.1004). "
            f"Number it with letters, such as {clin}AA."
        )
        raise TermInvalid(message, slin=slin)
    key: tuple[Any, ...] = (clin, "")
    if line.token_class:
        served = (line.tier, line.context_band, line.boundary, line.from_tokens)
        key = (clin, line.token_class, *served)
    other = priced.setdefault(key, slin)
    if other != slin:
        message = (
            f"Lines {other} and {slin} ask for the same price: class, tier, length of "
            "input, data boundary and step are equal. Change one, or put it under "
            "another CLIN."
        )
        raise TermInvalid(message, slin=slin, other=other)


def _require_in_dictionary(
    line: LineDraft, dictionary: Mapping[str, TokenClass]
) -> None:
    if line.token_class and line.token_class not in dictionary:
        message = (
            f"{line.token_class!r} is no token class of the contract dictionary; "
            f"line {line.slin} cannot ask for a price of it."
        )
        raise NotInDictionary(message, slin=line.slin, token_class=line.token_class)
    for value, offered in (
        (line.structure, PriceStructure.values),
        (line.counted_over, CountedOver.values),
        (line.counted_per, CountedPer.values),
        (line.part_months, PartMonths.values),
        (line.tier, Tier.values),
        (line.context_band, ContextBand.values),
        (line.boundary, Boundary.values),
    ):
        if value not in offered:
            message = f"{value!r} on line {line.slin} is not in the dictionary."
            raise NotInDictionary(message, slin=line.slin, value=value)
    known = UNITS_OF[line.structure]
    if line.unit not in known:
        label = PriceStructure(line.structure).label
        message = (
            f"Line {line.slin} is priced per {line.unit!r}; a {label} is priced per "
            f"{' or '.join(known)} only."
        )
        raise NotInDictionary(message, slin=line.slin, unit=line.unit)
    if not line.token_class and Unit.MTOK in known:
        message = f"Line {line.slin} asks for a price of tokens: choose their class."
        raise NotInDictionary(message, slin=line.slin, token_class="")
    if line.token_class and line.is_by_unit:
        message = (
            f"Line {line.slin} is bought by the {Unit(line.unit).label}: no class of "
            "tokens is priced on it. Put tokens under a CLIN of their own."
        )
        raise NotInDictionary(message, slin=line.slin, token_class=line.token_class)


def _require_plausible(line: LineDraft) -> None:
    """Steps, quantities and periods where they mean something, and of their size."""
    is_tiered = line.structure == PriceStructure.TIERS
    if not 0 <= line.from_tokens <= (MOST_TOKENS if is_tiered else 0):
        message = (
            f"Line {line.slin}: only a line with tiers begins at a volume, and at most "
            f"at {MOST_TOKENS:,} tokens."
        )
        raise TermInvalid(message, slin=line.slin)
    if line.workload.count and (line.from_tokens or not line.token_class):
        message = (
            f"Line {line.slin}: write the workload of a class on the row of its first "
            "step, and none on the price of a unit."
        )
        raise TermInvalid(message, slin=line.slin)
    if not 0 <= line.quantity <= (MOST_QUANTITY if line.is_by_unit else 0):
        message = (
            f"Line {line.slin}: a quantity from 0 to {MOST_QUANTITY:,} is stated of "
            "what is bought by the month, hour or piece, and of nothing else."
        )
        raise TermInvalid(message, slin=line.slin)
    is_pieces = line.unit == Unit.EACH
    counts = line.is_by_unit and not is_pieces
    most = MOST_PERIODS if counts else MOST_MONTHS
    if line.structure == PriceStructure.UNIT_PRICE or is_pieces:
        most = 1
    if not 1 <= line.periods <= most:
        message = f"Line {line.slin}: its workload lasts 1 to {most:,} periods."
        raise TermInvalid(message, slin=line.slin)
    if line.quantity * line.periods > MOST_QUANTITY:
        message = (
            f"Line {line.slin}: its quantity over its periods comes to "
            f"{line.quantity * line.periods:,}; a contract holds {MOST_QUANTITY:,}."
        )
        raise TermInvalid(message, slin=line.slin)


def _require_whole(own: Sequence[LineDraft]) -> None:
    """Insist on rows of one CLIN that make its price structure, whole.

    :raises TermInvalid: naming the CLIN and what its rows lack
    """
    first = own[0]
    clin = first.clin
    for name, words in _OF_A_CLIN.items():
        if any(getattr(line, name) != getattr(first, name) for line in own):
            message = (
                f"CLIN {clin} {words} in one way: its rows differ. Put what differs "
                "under another CLIN."
            )
            raise TermInvalid(message, clin=clin)
    if first.structure == PriceStructure.TIERS:
        begun = {_kind(line) for line in own if not line.from_tokens}
        late = [line.slin for line in own if _kind(line) not in begun]
        if late:
            message = (
                f"CLIN {clin}: each class needs a row from 0 tokens on; {late[0]} has "
                "none before it."
            )
            raise TermInvalid(message, clin=clin)
    if first.structure == PriceStructure.POOL:
        classes = sum(bool(line.token_class) for line in own)
        if classes in {0, len(own)}:
            message = (
                f"CLIN {clin} is a pool: one row without a class asks for the price of "
                "its unit, and a row for each class asks what it burns."
            )
            raise TermInvalid(message, clin=clin)


def _kind(line: LineDraft) -> tuple[str, ...]:
    return line.token_class, line.tier, line.context_band, line.boundary
