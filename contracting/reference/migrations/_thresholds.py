"""Numbers of the trade: code, label, value, unit, first day, last day, regime, basis,
confidence.

A first day of 1 January 2020 means that the number was in force on that day and has not
changed since.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_LONG = date(2020, 1, 1)
_OLD = date(2020, 8, 31)
_UNTIL_2025 = date(2025, 9, 30)
_FY26 = date(2025, 10, 1)

Row = tuple[str, str, str, str, date, date | None, str, str, str]


def _money(
    code: str,
    label: str,
    value: str,
    first: date,
    citation: str,
    confidence: str = "HIGH",
    last: date | None = None,
    regime: str = "FAR",
) -> Row:
    return (code, label, value, "USD", first, last, regime, citation, confidence)


def _time(
    code: str,
    label: str,
    value: int,
    citation: str,
    unit: str = "DAYS",
    confidence: str = "MEDIUM",
    regime: str = "FAR",
) -> Row:
    return (code, label, str(value), unit, _LONG, None, regime, citation, confidence)


def _rate(value: str, first: date, last: date, confidence: str) -> Row:
    return (
        "PROMPT_PAYMENT_RATE",
        "Prompt Payment interest rate",
        value,
        "PERCENT_PER_YEAR",
        first,
        last,
        "STATUTE",
        "31 USC 3902; 41 USC 7109",
        confidence,
    )


THRESHOLDS: list[Row] = [
    _money(
        "MPT", "Micro-purchase threshold", "10000", _OLD, "FAR 2.101", last=_UNTIL_2025
    ),
    _money("MPT", "Micro-purchase threshold", "15000", _FY26, "FAR 2.101"),
    _money(
        "SAT",
        "Simplified acquisition threshold",
        "250000",
        _OLD,
        "FAR 2.101",
        last=_UNTIL_2025,
    ),
    _money("SAT", "Simplified acquisition threshold", "350000", _FY26, "FAR 2.101"),
    _money(
        "MPT_CONTINGENCY_US",
        "Micro-purchase threshold, contingency, inside the United States",
        "25000",
        _FY26,
        "FAR 2.101",
    ),
    _money(
        "MPT_CONTINGENCY_ABROAD",
        "Micro-purchase threshold, contingency, outside the United States",
        "40000",
        _FY26,
        "FAR 2.101",
    ),
    _money(
        "SAT_CONTINGENCY_US",
        "Simplified acquisition threshold, contingency, inside the United States",
        "1000000",
        _FY26,
        "FAR 2.101",
    ),
    _money(
        "SAT_CONTINGENCY_ABROAD",
        "Simplified acquisition threshold, contingency, outside the United States",
        "2000000",
        _FY26,
        "FAR 2.101",
    ),
    _money(
        "SAT_HUMANITARIAN",
        "Simplified acquisition threshold, humanitarian or peacekeeping operation",
        "650000",
        _FY26,
        "FAR 2.101",
    ),
    _money(
        "COMMERCIAL_SIMPLIFIED",
        "Simplified procedures for commercial products and services",
        "9000000",
        _FY26,
        "FAR 13.5",
    ),
    _money(
        "COMMERCIAL_SIMPLIFIED_SPECIAL",
        "Simplified procedures for commercial items, special cases",
        "15000000",
        _FY26,
        "FAR 13.5",
    ),
    _money(
        "SYNOPSIS",
        "Synopsis of a proposed action, and of an award",
        "25000",
        _LONG,
        "FAR 5.101, 5.301",
    ),
    _money(
        "JUSTIFICATION_CO",
        "Justification approved by the contracting officer, up to",
        "900000",
        _FY26,
        "FAR 6.304, 16.505(b)(2)",
    ),
    _money(
        "JUSTIFICATION_ADVOCATE",
        "Justification approved by the competition advocate, up to",
        "20000000",
        _FY26,
        "FAR 6.304, 16.505(b)(2)",
    ),
    _money(
        "JUSTIFICATION_HCA",
        "Justification approved by the head of the procuring activity, up to",
        "90000000",
        _FY26,
        "FAR 6.304, 16.505(b)(2)",
    ),
    _money(
        "FAIR_OPPORTUNITY_ENHANCED",
        "Enhanced fair opportunity and debriefing of orders",
        "6000000",
        _OLD,
        "FAR 16.505(b)(1)(iv)",
        "MEDIUM",
        _UNTIL_2025,
    ),
    _money(
        "FAIR_OPPORTUNITY_ENHANCED",
        "Enhanced fair opportunity and debriefing of orders",
        "7500000",
        _FY26,
        "FAR 16.505(b)(1)(iv)",
        "MEDIUM",
    ),
    _money(
        "BRAND_NAME_POSTING",
        "Posting of a brand-name justification for an order",
        "30000",
        _OLD,
        "FAR 16.505(a)(4)",
        "MEDIUM",
        _UNTIL_2025,
    ),
    _money(
        "BRAND_NAME_POSTING",
        "Posting of a brand-name justification for an order",
        "40000",
        _FY26,
        "FAR 16.505(a)(4)",
        "MEDIUM",
    ),
    _money(
        "SINGLE_AWARD_IDIQ",
        "Determination for a single-award indefinite-delivery contract",
        "150000000",
        _FY26,
        "FAR 16.504(c)(1)(ii)(D)",
        "LOW",
    ),
    _money(
        "ORDER_PROTEST_CIVILIAN",
        "Protest of an order, civilian agencies",
        "10000000",
        _LONG,
        "41 USC 4106(f)",
        regime="STATUTE",
    ),
    _money(
        "COST_OR_PRICING_DATA",
        "Certified cost or pricing data",
        "2500000",
        _FY26,
        "FAR 15.403-4",
        "MEDIUM",
        date(2026, 6, 30),
    ),
    _money(
        "COST_OR_PRICING_DATA",
        "Certified cost or pricing data",
        "10000000",
        date(2026, 7, 1),
        "FAR 15.403-4",
        "MEDIUM",
    ),
    _money(
        "CAS_CONTRACT",
        "Coverage by Cost Accounting Standards, contract",
        "35000000",
        date(2026, 7, 1),
        "48 CFR 9903.201-1",
        regime="REGULATION",
    ),
    _money(
        "CAS_FULL",
        "Coverage by Cost Accounting Standards, full",
        "100000000",
        date(2026, 7, 1),
        "48 CFR 9903.201-2",
        regime="REGULATION",
    ),
    _money(
        "SUBCONTRACTING_PLAN",
        "Small business subcontracting plan",
        "900000",
        _FY26,
        "FAR 19.702",
    ),
    _money(
        "SUBAWARD_REPORTING",
        "First-tier subaward reporting",
        "40000",
        _FY26,
        "FAR 4.1403",
    ),
    _money(
        "AWARD_ANNOUNCEMENT",
        "Announcement of an award",
        "5500000",
        _FY26,
        "FAR 5.303",
        "MEDIUM",
    ),
    _money(
        "CLAIM_CERTIFICATION",
        "Certification of a claim",
        "100000",
        _LONG,
        "FAR 33.207; 41 USC 7103",
        "MEDIUM",
    ),
    _time(
        "ACTION_REPORT",
        "Contract action report after award",
        3,
        "FAR 4.604(b)",
        "BUSINESS_DAYS",
    ),
    _time(
        "AWARD_NOTICE",
        "Notice to unsuccessful offerors after award",
        3,
        "FAR 15.503(b)",
    ),
    _time(
        "DEBRIEF_REQUEST", "Request for a debriefing after the notice", 3, "FAR 15.506"
    ),
    _time("DEBRIEF_HELD", "Debriefing held after the request", 5, "FAR 15.506"),
    _time(
        "PROTEST_AFTER_AWARD",
        "Protest that stays performance, after award",
        10,
        "FAR 33.104(c)",
    ),
    _time(
        "PROTEST_AFTER_DEBRIEF",
        "Protest that stays performance, after a required debriefing",
        5,
        "FAR 33.104(c)",
    ),
    _time("CLAIM_DECISION", "Decision on a claim", 60, "FAR 33.211"),
    _time(
        "PAYMENT_DUE",
        "Payment due after a proper invoice or acceptance",
        30,
        "FAR 52.232-25; 5 CFR 1315.4",
        confidence="HIGH",
    ),
    _time(
        "INVOICE_RETURN",
        "Return of an improper invoice",
        7,
        "FAR 32.905(b)(3)",
        confidence="HIGH",
    ),
    _time(
        "CONSTRUCTIVE_ACCEPTANCE",
        "Constructive acceptance after delivery, for interest only",
        7,
        "FAR 32.904(b)",
        confidence="HIGH",
    ),
    _rate("4.875", date(2024, 7, 1), date(2024, 12, 31), "HIGH"),
    _rate("4.625", date(2025, 1, 1), date(2025, 6, 30), "HIGH"),
    _rate("4.625", date(2025, 7, 1), date(2025, 12, 31), "LOW"),
    _rate("4.125", date(2026, 1, 1), date(2026, 6, 30), "LOW"),
    (
        "CVFR",
        "Current value of funds rate, for discounts",
        "4",
        "PERCENT_PER_YEAR",
        date(2026, 1, 1),
        date(2026, 12, 31),
        "REGULATION",
        "5 CFR 1315.7",
        "HIGH",
    ),
]


def rows() -> list[dict[str, object]]:
    """The same as columns of the table."""
    names = (
        "code",
        "label",
        "value",
        "unit",
        "valid_from",
        "valid_to",
        "regime",
        "citation",
        "confidence",
    )
    made = [dict(zip(names, row, strict=True)) for row in THRESHOLDS]
    for row in made:
        row["value"] = Decimal(str(row["value"]))
    return made
