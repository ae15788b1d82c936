"""The papers of an option: its notice of intent and its determination."""

from __future__ import annotations

from typing import Any

from contracting.contracts.queries.letters import letterhead, signature
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.documents.calculations import printed
from contracting.options.calculations import market_words, window_of
from contracting.options.models import OptionDetermination, OptionIntent

_PRICES = (
    ("slin", "Line", "text"),
    ("label", "Class", "text"),
    ("tokens", "Workload, tokens", "tokens"),
    ("price", "Option, $ per MTOK", "price"),
    ("amount", "At option", "dollars"),
    ("list_price", "List, $ per MTOK", "price"),
    ("list_amount", "At list", "dollars"),
)


def intent_sheet(intent: OptionIntent, *, signer: Actor) -> dict[str, Any]:
    """The preliminary notice to the vendor (FAR 52.217-9(a))."""
    option, contract = intent.option, intent.option.contract
    window = window_of(option)
    facts: list[dict[str, Any]] = [
        {"label": "Option", "value": f"{option.number}, {option.name}", "span": 8},
        {"label": "Clause", "value": "FAR 52.217-9"},
    ]
    if window is not None:
        facts += [
            {"label": "It would run from", "value": window.first_day},
            {"label": "to", "value": window.last_day},
            {"label": "May be exercised from", "value": window.opens_on},
            {"label": "At the latest on", "value": window.closes_on},
        ]
    facts += [
        {"label": "This notice is due by", "value": intent.due_on},
        {
            "label": "Given",
            "value": "late" if intent.is_late else "in time",
        },
        {
            "label": "Adds to the ceiling",
            "value": option.ceiling_dollars,
            "shape": "dollars",
        },
        {"label": "and, in tokens", "value": option.ceiling_tokens, "shape": "tokens"},
    ]
    return {
        **letterhead(
            contract,
            subject=f"Intent to exercise {option.name} of contract {contract.piid}",
            at=intent.sent_at,
        ),
        "summary": "Preliminary notice of the intent to exercise an option. It does "
        "not commit the Government to exercise it.",
        "facts": facts,
        "sections": [{"heading": "Notice", "text": intent.text}],
        "signatures": [signature(signer, intent.sent_at)],
    }


def sha256_of(intent: OptionIntent) -> str:
    """The hash of what a notice says."""
    return content_sha256(
        {
            "option": intent.option.public_id,
            "text": intent.text,
            "due_on": intent.due_on,
            "sent_at": intent.sent_at,
        }
    )


def determination_sheet(made: OptionDetermination, *, signer: Actor) -> dict[str, Any]:
    """Every finding of FAR 17.207(c), with the market check line by line."""
    option, contract, market = made.option, made.option.contract, made.market
    free = printed(made.free_dollars, "dollars")
    funds = f"{made.line_of_accounting} has {free} left."
    sections = [
        ("Action", f"Exercise of {option.name} of contract {contract.piid}."),
        ("Authority", "FAR 17.207, and part 6 as far as the option was competed."),
        ("Funds are available (17.207(c)(1))", funds),
        ("An existing need is fulfilled (17.207(c)(2))", made.need),
        (
            "It is the most advantageous method (17.207(c)(3), (d))",
            f"{made.get_basis_display()}. {made.advantage}\n\n"
            + " ".join(market_words(market)),
        ),
        ("It was synopsized (17.207(c)(4))", made.synopsis),
        ("The vendor is not excluded (17.207(c)(5))", made.exclusion),
        ("Past performance was considered (17.207(c)(6))", made.past_performance),
        (
            "Performance under this contract is acceptable (17.207(c)(7))",
            f"{made.get_rating_display().capitalize()}: {made.performance}",
        ),
        (
            "Determination",
            "On the basis of these findings it is determined that exercising the "
            "option is in accordance with its terms, with FAR 17.207 and with part 6.",
        ),
        (
            "Expiration",
            "It is for this option alone. Authority to act under it expires when the "
            "option is exercised or lapses (FAR 1.706(b)).",
        ),
    ]
    return {
        "author": contract.agency.name,
        "created_at": made.made_at,
        "time_zone": contract.time_zone,
        "summary": "Exercising the option is in accordance with its terms and with "
        "FAR 17.207 and part 6.",
        "facts": [
            {"label": "Contract", "value": contract.piid},
            {"label": "Vendor", "value": contract.vendor.name},
            {"label": "Option", "value": option.name},
            {
                "label": "Adds to the ceiling",
                "value": option.ceiling_dollars,
                "shape": "dollars",
            },
            {"label": "and", "value": option.ceiling_tokens, "shape": "tokens"},
        ],
        "sections": [{"heading": heading, "text": text} for heading, text in sections],
        "tables": [
            {
                "caption": "Market check on the reference workload",
                "columns": [
                    {"key": key, "label": label, "shape": shape}
                    for key, label, shape in _PRICES
                ],
                "rows": [
                    {key: line[key] for key, _label, _shape in _PRICES}
                    for line in market["lines"]
                ],
            }
        ],
        "signatures": [signature(signer, made.made_at)],
    }
