"""What is said of an award to everybody, and to those who were not selected."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import Organization
from contracting.audit.queries import events_of
from contracting.contracts.models import (
    SINGLE_AWARD,
    Contract,
    ContractLine,
    RateRow,
    UnsuccessfulNotice,
)
from contracting.contracts.paperwork import price_words, quantity_of
from contracting.contracts.queries import debriefing_asked_until, public_awards
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import quantity
from contracting.documents.calculations import day_words
from contracting.documents.paperwork.addresses import in_lines
from contracting.reference.queries import threshold
from contracting.solicitations.events import SOLICITATION_RELEASED
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import public_justifications
from contracting.solicitations.states import ExtentCompeted


def unsuccessful_notice(
    contract: Contract, *, offers_received: int, reason: str
) -> str:
    """What FAR 15.503(b) has an unsuccessful offeror told, and nothing more.

    Every award is in it; an offer that was selected and whose contract is not signed
    yet is named without its prices.
    """
    signed = _signed(contract)
    awards = "".join(_award(each) for each in signed)
    pending = "".join(
        f"Also selected: {each.submission.vendor.name}, "
        f"{each.submission.vendor.address}. Its award is not signed yet.\n\n"
        for each in contract.decision.standing.exclude(contracts__in=signed)
    )
    word = contract.solicitation.response
    return (
        f"Solicitation {contract.solicitation.piid}: "
        f"{_asked(contract.solicitation)}; "
        f"{offers_received} {word}s were received. {awards}{pending}"
        f"Why your {word} was not accepted, in general terms: {reason}\n\n"
        f"You may ask for a debriefing in writing within {debriefing_days(contract)} "
        "days of this notice (FAR 15.506)."
    )


def solicited(solicitation: Solicitation) -> int | None:
    """How many vendors its release told; ``None`` where the record does not say."""
    code = SOLICITATION_RELEASED.code
    release = events_of(solicitation.subject).filter(event=code).last()
    if release is None:
        return None
    told: int | None = json.loads(release.payload)["data"].get("solicited")
    return told


def _asked(solicitation: Solicitation) -> str:
    asked = solicited(solicitation)
    if asked is None:
        return "offers were invited publicly"
    return f"{asked} offerors were solicited"


def _signed(contract: Contract) -> QuerySet[Contract]:
    """Every award that is signed on the solicitation, in their order."""
    found = public_awards().filter(solicitation=contract.solicitation)
    return found.order_by("awarded_at", "pk")


def _award(contract: Contract) -> str:
    rows = (
        RateRow.objects.filter(line__contract=contract, superseded_at__isnull=True)
        .select_related("line", "token_class")
        .order_by("slin")
    )
    said = [
        f"  {row.slin} {row.line.description}, {row.token_class.label}: "
        + (
            "; ".join(price_words(row))
            if row.line.is_by_volume
            else f"${row.usd_per_million_tokens} per million tokens"
        )
        for row in rows
    ]
    for line in contract.lines.order_by("clin"):
        if line.is_by_unit:
            bought = f"{quantity(line.estimated_units)} {line.unit}"
            price = quantity_of(line)["unit_price"]
            said.append(f"  {line.clin} {line.description}: {bought} at {price}")
    prices = "\n".join(said)
    vendor = contract.vendor
    return (
        f"{'The' if contract.fair_opportunity == SINGLE_AWARD else 'An'} award went to "
        f"{vendor.name}, {vendor.address}.\n\nItems and unit prices:\n{prices}\n\n"
    )


def debriefing_days(contract: Contract) -> int:
    """How many days after the notice a debriefing is still required to be held."""
    zone, signed_at = contract.time_zone, contract.awarded_at
    on = accounting_day(signed_at, zone) if signed_at else contract.ordering_start
    return int(threshold("DEBRIEF_REQUEST", on).value)


def award_notice(notice: UnsuccessfulNotice, *, signer: Actor) -> dict[str, Any]:
    """What FAR 15.503(b)(1) has one offeror told of the awards and of its own offer.

    It holds what the public reads of the awards, the count of those who were asked and
    who offered, and the reason that was written for this offeror alone.
    """
    contract, submission = notice.contract, notice.submission
    solicitation = contract.solicitation
    signed = list(_signed(contract))
    selected = _selected_only(contract)
    asked = solicited(solicitation)
    word = solicitation.response
    return {
        "time_zone": solicitation.time_zone,
        "summary": (
            f"Your {submission.offer_words} on solicitation {solicitation.piid} was "
            "not selected for award."
        ),
        "facts": [
            {"label": "To", "value": _named(submission.vendor), "span": 6},
            {"label": "From", "value": _named(contract.agency), "span": 6},
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Title", "value": solicitation.title, "span": 8},
            {
                "label": "Offerors solicited",
                "value": "invited publicly" if asked is None else asked,
                "shape": "tokens",
            },
            {
                "label": f"{word.capitalize()}s received",
                "value": notice.offers_received,
                "shape": "tokens",
            },
            {
                "label": "Debriefing required if asked for until",
                "value": debriefing_asked_until(notice),
            },
            {"label": "Date of this notice", "value": notice.sent_at, "span": 6},
            {"label": "Ask for it in writing", "value": _contact(contract), "span": 6},
        ],
        "sections": [
            {
                "heading": "Awards: items, quantities and unit prices",
                "tables": [_awarded_items(each) for each in signed],
            },
            *selected,
            {
                "heading": f"Why your {word} was not accepted, in general terms",
                "text": notice.reason,
            },
            {"heading": "Debriefing", "text": _debriefing(notice)},
        ],
        "signatures": [
            {
                "capacity": "Contracting officer",
                "signed_by": signer.name,
                "title": "Contracting officer",
                "signed_at": notice.sent_at,
            }
        ],
    }


def _debriefing(notice: UnsuccessfulNotice) -> str:
    days = debriefing_days(notice.contract)
    last = day_words(debriefing_asked_until(notice))
    return (
        f"A debriefing is required if you ask for it in writing within {days} days of "
        f"this notice, that is until {last} (FAR 15.506(a)(1)). Ask for it on the page "
        "of your offer where its status stands, or in writing as stated above. It "
        "tells how your own offer was evaluated; it does not compare it point by point "
        "with others, and does not disclose what is theirs (FAR 15.506(e))."
    )


def _contact(contract: Contract) -> str:
    solicitation = contract.solicitation
    return f"{solicitation.contact_name}\n{solicitation.contact_email}".strip()


def _named(organization: Organization) -> str:
    return in_lines(organization.name, organization.address)


def _selected_only(contract: Contract) -> list[dict[str, str]]:
    """Who is selected and not signed with yet, by name alone."""
    told = "\n".join(
        f"{each.submission.vendor.name}, {each.submission.vendor.address}"
        for each in contract.decision.standing.exclude(contracts__in=_signed(contract))
    )
    heading = "Also selected, award not signed yet"
    return [{"heading": heading, "text": told}] if told else []


def _awarded_items(contract: Contract) -> dict[str, Any]:
    """The awardee with its items, quantities and stated unit prices."""
    vendor = contract.vendor
    return {
        "caption": f"Award {contract.piid} to {vendor.name}, {vendor.address}",
        "columns": [
            {"key": "item", "label": "Item"},
            {"key": "description", "label": "Supplies or services"},
            {"key": "quantity", "label": "Quantity", "shape": "tokens"},
            {"key": "unit", "label": "Unit"},
            {"key": "unit_price", "label": "Unit price", "shape": "price"},
        ],
        "rows": [row for line in _lines(contract) for row in _line_rows(line)],
    }


def _lines(contract: Contract) -> QuerySet[ContractLine]:
    return contract.lines.order_by("clin")


def _line_rows(line: ContractLine) -> list[dict[str, Any]]:
    """The line with its quantity, then the price of each class of tokens on it."""
    whole = {"item": line.clin, "description": line.description, **quantity_of(line)}
    if line.is_by_unit:
        return [whole]
    rows = line.rate_rows.filter(superseded_at__isnull=True)
    return [
        {**whole, "unit_price": ""},
        *(
            {
                "item": row.slin,
                "description": row.token_class.label,
                "unit": "MTOK",
                "unit_price": "\n".join(price_words(row))
                if line.is_by_volume
                else row.usd_per_million_tokens,
            }
            for row in rows.select_related("token_class", "line").order_by("slin")
        ),
    ]


def is_synopsized(contract: Contract, on: date) -> bool:
    """Whether its award is announced: above the amount of FAR 5.301(a)."""
    most = Dollars(threshold("SYNOPSIS", on).value)
    return Dollars(contract.ceiling_dollars) > most


def award_synopsis(contract: Contract) -> dict[str, Any]:
    """The public announcement of an award (FAR 5.301, 5.207)."""
    solicitation, vendor = contract.solicitation, contract.vendor
    return {
        "time_zone": contract.time_zone,
        "summary": (
            f"{contract.agency.name} has awarded contract {contract.piid} to "
            f"{vendor.name}."
        ),
        "facts": [
            {"label": "Date of award", "value": contract.awarded_at, "span": 8},
            {"label": "Contract number", "value": contract.piid},
            {
                "label": "Amount, the most that may be ordered"
                if contract.takes_orders
                else "Amount",
                "value": contract.ceiling_dollars,
                "shape": "dollars",
            },
            {
                "label": "Guaranteed minimum",
                "value": contract.minimum_dollars,
                "shape": "dollars",
            },
            {"label": "Tokens", "value": contract.ceiling_tokens, "shape": "tokens"},
            {"label": "Awardee", "value": _named(vendor), "span": 8},
            {"label": "UEI", "value": vendor.uei},
            {"label": "NAICS code", "value": contract.naics},
            {"label": "Product service code", "value": contract.psc},
            {"label": "Solicitation", "value": solicitation.piid},
            {"label": "Title", "value": solicitation.title, "span": 8},
            {"label": "Set-aside", "value": solicitation.get_set_aside_display()},
            {"label": "Type of contract", "value": _type(contract), "span": 8},
            {
                "label": "Extent competed",
                "value": solicitation.competition,
            },
            {
                "label": "Justification",
                "value": _justified(contract),
                "span": 12,
            },
        ],
        "lines": [
            {"item": line.clin, "description": line.description}
            for line in _lines(contract)
        ],
    }


def _type(contract: Contract) -> str:
    said = contract.get_instrument_display()
    return f"{said}, {contract.fair_opportunity}" if contract.takes_orders else said


def _justified(contract: Contract) -> str:
    """Where everybody reads why competition was limited."""
    solicitation = contract.solicitation
    posted = [
        f"{made.get_kind_display()}: {made.posting.place}"
        if hasattr(made, "posting")
        else made.get_kind_display()
        for made in public_justifications(solicitation)
    ]
    if posted:
        return f"{'; '.join(posted)} ({solicitation.public_path}#justifications)"
    if solicitation.extent_competed == ExtentCompeted.FULL:
        return "None: full and open competition."
    return "To be posted after award (FAR 6.305, 16.505(b)(2)(ii)(D))."
