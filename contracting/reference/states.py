"""Closed lists of the reference data."""

from django.db.models import TextChoices


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
