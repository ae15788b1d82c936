"""What goes onto a contract as it reads on a day, with all that changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.models import Organization
from contracting.contracts.calculations import price_said
from contracting.contracts.models import Contract
from contracting.contracts.queries.stated import annexes_of
from contracting.core.periods import accounting_day
from contracting.core.quantities import TOKENS_PER_MTOK
from contracting.documents.calculations import day_words
from contracting.documents.paperwork.addresses import office_in_lines, vendor_in_lines
from contracting.documents.queries import documents_of
from contracting.modifications import calculations
from contracting.modifications.calculations import words
from contracting.modifications.queries import Conformed
from contracting.reference.queries import token_classes
from contracting.reference.states import Boundary

_AWARD: Final = "the award"


def conformed_sheet(found: Conformed, *, at: datetime) -> dict[str, Any]:
    """The contract as one text on a day, each term with what made it read so.

    The blocks are those of the award, which is what was signed; what modifications have
    changed of them stands as it reads now.

    :param at: as known when
    """
    contract, content = found.contract, found.content
    made_by = _made_by(found)
    return {
        "time_zone": contract.time_zone,
        "as_of": found.on,
        "subject": f"Contract {contract.piid} as of {day_words(found.on)}",
        "blocks": _conformed_blocks(contract, content),
        "lines": [_conformed_line(line) for line in content["lines"]],
        "facts": [
            {"label": "As of", "value": found.on},
            {"label": "As known", "value": at, "span": 8},
            {"label": "Vendor", "value": _holder(content).name, "span": 8},
            {"label": "Version", "value": str(found.version)},
            {
                "label": "Made so by",
                "value": ", ".join(each.number for each in found.modifications)
                or "the award alone",
                "span": 12,
            },
        ],
        "tables": [
            _terms(found, made_by),
            *_rates(found, made_by),
            *(_modified(found) if found.modifications else []),
            _clauses(contract, content),
            *annexes_of(contract, found.on),
        ],
        "notes": [
            "This is a conformed copy for reading. What was signed is the award and "
            "each modification named in it; where they differ, those count."
        ],
    }


def _made_by(found: Conformed) -> dict[str, str]:
    """By each term that a modification has changed, the last one that did."""
    made: dict[str, str] = {}
    if not found.modifications:
        return made
    text: Mapping[str, Any] = found.modifications[0].base_content
    for each in found.modifications:
        after = calculations.applied(text, each)
        for change in calculations.differences(text, after):
            made[change.term] = (
                f"{each.number}, effective {day_words(each.effective_on)}"
            )
        text = after
    return made


def _conformed_blocks(contract: Contract, content: Mapping[str, Any]) -> dict[str, Any]:
    """The face of the award; funds as they stand, and who administers by now."""
    award = documents_of(contract.subject).filter(kind="contract").first()
    vendor, agency = _holder(content), contract.agency
    found: dict[str, Any] = dict(award.context.get("blocks", {})) if award else {}
    bare = {
        "2": contract.piid,
        "9": office_in_lines(agency),
        "17a": vendor_in_lines(vendor),
    }
    funds = [part for line in content["lines"] for part in line["funding"]]
    total = sum((Decimal(part["dollars"]) for part in funds), Decimal(0))
    is_handed_over = award is not None and award.vendor_id != vendor.pk
    holder = {"17a": bare["17a"]} if is_handed_over else {}
    return {**bare, **found, **holder, "26": total}


def _holder(content: Mapping[str, Any]) -> Organization:
    """Who holds the contract by this text; a novation changes that."""
    return Organization.objects.get(public_id=content["vendor"])


def _conformed_line(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line as the schedule prints it; its prices stand among the terms."""
    if words.is_by_unit(line):
        quantity, unit = line["estimated_units"], line["unit"]
    else:
        tokens = Decimal(line.get("estimated_tokens") or 0)
        quantity, unit = tokens / TOKENS_PER_MTOK, line["unit"]
    return {
        "item": line["clin"],
        "description": line["description"],
        "quantity": quantity,
        "unit": unit,
        "unit_price": "see terms",
        "amount": f"NTE ${Decimal(line['ceiling_dollars']):,}",
    }


def _terms(found: Conformed, made_by: Mapping[str, str]) -> dict[str, Any]:
    return {
        "caption": f"Terms as of {day_words(found.on)}, each with what made it read so",
        "columns": [
            {"key": "term", "label": "Term"},
            {"key": "reads", "label": "Reads"},
            {"key": "by", "label": "By"},
        ],
        "rows": [
            {"term": term, "reads": reads, "by": made_by.get(term, _AWARD)}
            for term, reads in found.words()
            if term not in _priced(found.content)
        ],
    }


def _priced(content: Mapping[str, Any]) -> set[str]:
    """The terms that are prices of tokens, which stand in a table of their own."""
    return {
        f"Line {line['clin']}, {words.rate_label(rate)}"
        for line in content["lines"]
        for rate in line["rates"]
    }


def _rates(found: Conformed, made_by: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rate card with the days of each price, and what made it so."""
    zone = found.contract.time_zone
    labels = {each.code: each.label for each in token_classes()}
    rows = [
        {
            "item": rate["slin"],
            "model": rate["model"],
            "class": labels.get(rate["class"], rate["class"]),
            "tier": rate["tier"].lower(),
            "boundary": Boundary(rate["boundary"]).label,
            "price": price_said(rate),
            "first": accounting_day(datetime.fromisoformat(rate["from"]), zone),
            "last": _last_day(rate["to"], zone),
            "by": made_by.get(f"Line {line['clin']}, {words.rate_label(rate)}", _AWARD),
        }
        for line in found.content["lines"]
        for rate in line["rates"]
    ]
    columns = {
        "item": "Item",
        "model": "Model",
        "class": "Token class",
        "tier": "Tier",
        "boundary": "Boundary",
        "price": "Price",
        "first": "From",
        "last": "Until",
        "by": "By",
    }
    caption = f"Rate card as of {day_words(found.on)}"
    heads = [{"key": key, "label": label} for key, label in columns.items()]
    return [{"caption": caption, "columns": heads, "rows": rows}] if rows else []


def _last_day(end: str | None, zone: str) -> date | str:
    if end is None:
        return "open"
    instant = datetime.fromisoformat(end) - timedelta(microseconds=1)
    return accounting_day(instant, zone)


def _modified(found: Conformed) -> list[dict[str, Any]]:
    """The modifications in it, in their own words, in the order of the signatures."""
    return [
        {
            "caption": "Modifications in this text",
            "columns": [
                {"key": "number", "label": "Number"},
                {"key": "effective", "label": "Effective"},
                {"key": "signed", "label": "Signed"},
                {"key": "by", "label": "By"},
                {"key": "says", "label": "What it says"},
            ],
            "rows": [
                {
                    "number": each.number,
                    "effective": each.effective_on,
                    "signed": calculations.signed_on(each),
                    "by": each.signed_by.user.name if each.signed_by else "",
                    "says": each.description,
                }
                for each in found.modifications
            ],
        }
    ]


def _clauses(contract: Contract, content: Mapping[str, Any]) -> dict[str, Any]:
    titles = dict(contract.clauses.values_list("clause__number", "clause__title"))
    return {
        "caption": "Clauses and provisions",
        "columns": [
            {"key": "number", "label": "Number"},
            {"key": "title", "label": "Title"},
        ],
        "rows": [
            {"number": number, "title": titles.get(number, "")}
            for number in content["clauses"]
        ],
    }
