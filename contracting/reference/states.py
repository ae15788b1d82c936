"""Closed lists of the reference data."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices


class RateCode(TextChoices):
    """A rate that the Treasury publishes and that payments are computed with."""

    PROMPT_PAYMENT = "PROMPT_PAYMENT_RATE", "Prompt Payment interest rate"
    VALUE_OF_FUNDS = "CVFR", "Current value of funds rate"


class InstrumentKind(TextChoices):
    """What is awarded: whether its own lines bind, or orders or calls under it do."""

    IDIQ = "IDIQ", "indefinite-delivery, indefinite-quantity contract"
    DEFINITIVE = "DEFINITIVE", "definitive contract"
    BPA = "BPA", "blanket purchase agreement"


class Direction(TextChoices):
    """Which way a token goes."""

    INPUT = "INPUT", "input"
    OUTPUT = "OUTPUT", "output"


class CacheAction(TextChoices):
    """What the provider's cache did with an input token."""

    NONE = "", "does not apply"
    UNCACHED = "UNCACHED", "uncached"
    READ = "READ", "read from the cache"
    WRITE = "WRITE", "written to the cache"


class CacheTtl(TextChoices):
    """How long a token that is written to the cache is kept there."""

    NONE = "", "does not apply"
    MINUTES_5 = "5M", "5 minutes"
    MINUTES_30 = "30M", "30 minutes"
    HOURS_1 = "1H", "1 hour"
    HOURS_12 = "12H", "12 hours"
    UNSPECIFIED = "UNSPEC", "unspecified"


class Modality(TextChoices):
    """What a token stands for."""

    TEXT = "TEXT", "text"
    IMAGE = "IMAGE", "image"
    AUDIO = "AUDIO", "audio"
    VIDEO = "VIDEO", "video"


class Phase(TextChoices):
    """The part of the work in which a token is used."""

    PROMPT = "PROMPT", "prompt"
    TOOL = "TOOL", "tool use"
    EMBEDDING = "EMBEDDING", "embedding"
    TRAINING = "TRAINING", "fine-tuning"
    RESPONSE = "RESPONSE", "response"
    REASONING = "REASONING", "reasoning"
    REJECTED = "REJECTED", "rejected prediction"


class Boundary(TextChoices):
    """The data boundary in which a model runs."""

    COMMERCIAL = "COMMERCIAL", "commercial"
    FEDRAMP_MOD = "FEDRAMP_MOD", "FedRAMP Moderate"
    FEDRAMP_HIGH = "FEDRAMP_HIGH", "FedRAMP High"
    IL5 = "IL5", "Impact Level 5"
    ONPREM = "ONPREM", "on premises"


class Tier(TextChoices):
    """The class of service that a request asks for."""

    STANDARD = "STANDARD", "standard"
    BATCH = "BATCH", "batch"
    PRIORITY = "PRIORITY", "priority"
    FLEX = "FLEX", "flex"
    PROVISIONED = "PROVISIONED", "provisioned"


class PriceStructure(TextChoices):
    """How a contract line is priced, and so what makes an amount due on it."""

    UNIT_PRICE = "UNIT_PRICE", "fixed unit price per million tokens"
    POOL = "POOL", "pool of AI consumption units with burn-down multipliers"
    TIERS = "TIERS", "committed-use tiers, marginal"
    BUNDLE = "BUNDLE", "bundle per month inside a usage envelope"
    RESERVED = "RESERVED", "reserved capacity"
    SEATS = "SEATS", "seats per month"
    SERVICE = "SERVICE", "service or event"


class Unit(TextChoices):
    """The unit of measure in which a contract line is ordered and priced."""

    MTOK = "MTOK", "million tokens"
    ACU = "ACU", "AI consumption unit"
    MONTH = "MO", "month"
    HOUR = "HR", "hour"
    EACH = "EA", "each"
    GIGABYTE_MONTH = "GB-MO", "gigabyte-month"


UNITS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    PriceStructure.UNIT_PRICE: (Unit.MTOK,),
    PriceStructure.POOL: (Unit.ACU,),
    PriceStructure.TIERS: (Unit.MTOK,),
    PriceStructure.BUNDLE: (Unit.MONTH,),
    PriceStructure.RESERVED: (Unit.HOUR, Unit.MONTH),
    PriceStructure.SEATS: (Unit.MONTH,),
    PriceStructure.SERVICE: (Unit.EACH, Unit.HOUR, Unit.MONTH, Unit.GIGABYTE_MONTH),
}
"""The units in which a line of each price structure may be measured."""

BY_VOLUME: Final = frozenset({PriceStructure.TIERS, PriceStructure.POOL})
"""The structures whose price is right only once a period is rated."""


BY_TOKENS: Final = (Unit.MTOK, Unit.ACU)
"""Units that the meter counts; everything else is bought by the unit."""


class PartMonths(TextChoices):
    """What a month is worth that is not whole: the contract's stated rule."""

    BY_DAY = "BY_DAY", "each day is its part of the month"
    IN_FULL = "IN_FULL", "a month that has begun counts in full"
    WHOLE_ONLY = "WHOLE_ONLY", "only whole months count"


class CountedOver(TextChoices):
    """Whose usage counts towards the steps of a contract line."""

    ORDER = "ORDER", "each order by itself"
    LINE = "LINE", "all orders on the contract line"


class CountedPer(TextChoices):
    """How long the volume of a contract line is counted before it begins anew."""

    MONTH = "MONTH", "per calendar month"
    WHOLE = "WHOLE", "from the first token on"


def counted_words(over: str, per: str) -> str:
    """Over what the volume of a line is counted, and how long, as people read it."""
    return f"{CountedOver(over).label}, {CountedPer(per).label}"


class ClauseKind(TextChoices):
    """The paper in which a clause or provision is required."""

    SOLICITATION = "SOLICITATION", "solicitation"
    CONTRACT = "CONTRACT", "contract"
    ORDER = "ORDER", "task order"


class ThresholdUnit(TextChoices):
    """What the number of a threshold counts."""

    USD = "USD", "dollars"
    DAYS = "DAYS", "days"
    BUSINESS_DAYS = "BUSINESS_DAYS", "business days"
    MONTHS = "MONTHS", "months"
    YEARS = "YEARS", "years"
    HOURS = "HOURS", "hours"
    PERCENT = "PERCENT", "percent"
    PERCENT_PER_YEAR = "PERCENT_PER_YEAR", "percent a year"


class Confidence(TextChoices):
    """How sure we are of a number until a contracting office has checked it."""

    HIGH = "HIGH", "high"
    MEDIUM = "MEDIUM", "medium"
    LOW = "LOW", "low"


class Regime(TextChoices):
    """The body of rules that a row belongs to."""

    FAR = "FAR", "Federal Acquisition Regulation"
    RFO = "RFO", "Revolutionary FAR Overhaul, deviation text"
    STATUTE = "STATUTE", "statute"
    REGULATION = "REGULATION", "regulation other than the FAR"
    AGENCY = "AGENCY", "agency policy"
    CONTRACT = "CONTRACT", "contract term"
