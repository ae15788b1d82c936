"""What a source is, what a row is answered and why, and why a row is held."""

from typing import Final, NamedTuple

from django.db.models import TextChoices

from contracting.core.states import moves


class SourceKind(TextChoices):
    """Who says so; a match compares kinds and never mixes them."""

    GATEWAY = "GATEWAY", "gateway of the agency"
    PROVIDER = "PROVIDER", "log of a provider or reseller"


class ReportKind(TextChoices):
    """What a report is: of the agency's own gateway, of the vendor, or a bill."""

    GATEWAY = "gateway", "agency gateway"
    PROVIDER_API = "provider_api", "answer of the provider"
    VENDOR_REPORT = "vendor_report", "usage report of the vendor"
    INVOICE = "invoice", "bill of the vendor"


REPORTS: Final[dict[str, frozenset[str]]] = {
    SourceKind.GATEWAY: frozenset({ReportKind.GATEWAY, ReportKind.PROVIDER_API}),
    SourceKind.PROVIDER: frozenset({ReportKind.VENDOR_REPORT, ReportKind.PROVIDER_API}),
}
"""What a source of each kind reports: a gateway its own records, or the answers that it
has passed on; a provider what it has logged, or the answers that it gave."""


class Grain(TextChoices):
    """What one row stands for; only a call may burn funds down."""

    CALL = "call", "one call"
    BUCKET = "bucket", "usage of an interval"
    INVOICE_LINE = "invoice_line", "a line of a bill"


class BucketVerdict(TextChoices):
    """What became of one bucket of a usage report."""

    ACCEPTED = "accepted", "told for the first time"
    RESTATED = "restated", "told before with other counts: a new revision"
    DUPLICATE = "duplicate", "told before with these counts"
    REJECTED = "rejected", "not readable"


class Provenance(TextChoices):
    """Who counted: an estimate is never billable (R-MET-03)."""

    REPORTED = "REPORTED", "reported by the provider with its answer"
    MEASURED = "MEASURED", "measured by the gateway"
    ESTIMATED = "ESTIMATED", "estimated"


class Outcome(TextChoices):
    """How a call ended; whether it is chargeable is for the contract to say."""

    COMPLETE = "COMPLETE", "answered completely"
    REFUSAL = "REFUSAL", "answered with a refusal that was generated"
    CANCELLED = "CANCELLED", "cancelled by the client while it was answered"
    VENDOR_FAULT = "VENDOR_FAULT", "ended by a fault of the vendor"
    NOT_ACCEPTED = "NOT_ACCEPTED", "refused before anything was generated"
    RETRIED = "RETRIED", "failed, and tried again by itself"
    TIMED_OUT = "TIMED_OUT", "longer than the agreed latency"


class RowVerdict(TextChoices):
    """One per received row; together they are all the rows received."""

    ACCEPTED = "accepted", "accepted"
    HELD = "held", "held in suspense"
    DUPLICATE = "duplicate", "duplicate"
    CONFLICT = "conflict", "conflict"
    REJECTED = "rejected", "rejected"


class RowCode(TextChoices):
    """Why a row is rejected or in conflict; the words say what would be right."""

    NOT_JSON = "not_json", "a row is one JSON object on one line"
    NOT_AN_OBJECT = "not_an_object", "a row is a JSON object"
    DUPLICATE_KEY = "duplicate_key", "a key stands once in an object"
    UNKNOWN_FIELD = "unknown_field", "only counts and ids are taken in, no other field"
    MISSING = "missing", "this field is required"
    OTHER_COLUMNS = "other_columns", "a row has as many columns as the header"
    BAD_TEXT = "bad_text", "a name or id of printable characters without a space"
    UNSUPPORTED_SPECVERSION = "unsupported_specversion", "CloudEvents 1.0 are read"
    UNSUPPORTED_TYPE = "unsupported_type", "the type is ai.tokens.consumed.v1"
    BAD_CONTENT_TYPE = "bad_content_type", "the data is application/json"
    MISSING_DATA = "missing_data", "the counts stand in data, a JSON object"
    BAD_TIME = "bad_time", "the instant of completion, RFC 3339 with its zone"
    BAD_HASH = "bad_hash", "a hash of 8 to 128 letters, digits and + / = _ -"
    BAD_ATTEMPT = "bad_attempt", "the attempt is a whole number from 1 to 1000"
    BAD_BASIS = "bad_basis", "the basis is measured, estimated, partial or absent"
    BAD_PROVENANCE = "bad_provenance", "who counted agrees with the basis"
    BAD_OUTCOME = "bad_outcome", "an outcome of the closed list"
    NOT_AN_AMOUNT = "not_an_amount", "an amount is an exact number"
    BAD_CURRENCY = "bad_currency", "a currency is a code of three letters"
    BAD_LINES = "bad_lines", "from 1 to 30 lines of class and tokens"
    BAD_LINE = "bad_line", "a line has class and tokens and nothing else"
    BAD_CLASS = "bad_class", "a token class is a name of at most 30 characters"
    LINES_TWICE = "lines_twice", "either lines, or one class with its tokens"
    CLASS_TWICE = "class_twice", "each token lies in one class, each class in one line"
    NOT_A_COUNT = "not_a_count", "tokens are whole numbers"
    NEGATIVE = "negative", "tokens are never negative; a correction is another verb"
    TOO_MANY = "too_many", "more tokens than any call can have"
    CHECKSUM_FAILED = "checksum_failed", "the classes add up to the total"
    SUBSET_EXCEEDS_TOTAL = (
        "subset_exceeds_total",
        "no part of a count is more than the whole",
    )
    BASIS_UNKNOWN = "basis_unknown", "it is known what the count contains"
    UNKNOWN_UNIT = "unknown_unit", "a unit says how many tokens one of it is"
    UNKNOWN_METER = "unknown_meter", "a meter is in the list of its names"
    SAID_TWICE = "said_twice", "a report says each bucket once"
    MISSING_DIMENSION = (
        "missing_dimension",
        "a report is asked for, and says, every dimension",
    )
    TIERS_MIXED = "tiers_mixed", "all lines of a call are of one tier"
    TIER_CONTRADICTED = "tier_contradicted", "the tier is the one its classes imply"
    OTHER_SOURCE = "other_source", "every row of a batch comes from its source"
    NOT_DELTA = "not_delta", "a point counts its own interval only (delta temporality)"
    SAMPLED = "sampled", "every call is reported, not a sample of them"
    SOURCE_CLOSED = "source_closed", "this source is closed; its successor reports"
    CLOCK_AHEAD = "clock_ahead", "a call was completed before it is reported"
    OTHER_CONTENT = "other_content", "this id was received with another content"


class HoldReason(TextChoices):
    """Why a stored and counted event is not yet attributed and rated."""

    UNKNOWN_ORDER = "UNKNOWN_ORDER", "no such order"
    UNKNOWN_KEY = "UNKNOWN_KEY", "no order for this key"
    KEY_CONTRADICTS = "KEY_CONTRADICTS", "the key belongs to another order"
    UNKNOWN_MODEL = "UNKNOWN_MODEL", "no such model on the order"
    MODEL_CONTRADICTS = "MODEL_CONTRADICTS", "served and billed as different models"
    UNKNOWN_CLASS = "UNKNOWN_CLASS", "no such token class"
    UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME", "no policy for this outcome"
    NO_RATE = "NO_RATE", "no price in force"
    SEVERAL_LINES = "SEVERAL_LINES", "priced on several lines of the order"
    ORDER_CLOSED = "ORDER_CLOSED", "the order is closed out"
    OUT_OF_PERIOD = "OUT_OF_PERIOD", "outside the period of performance"
    WORK_STOPPED = "WORK_STOPPED", "while work was stopped"
    IMPLAUSIBLE = "IMPLAUSIBLE", "dearer than any one call can be"
    NOT_MEASURED = "NOT_MEASURED", "estimated, not measured"
    BEYOND_LIMITS = "BEYOND_LIMITS", "more than the model or the contract allows"
    AUTHORIZATION_LAPSED = "AUTHORIZATION_LAPSED", "while no authorization was in force"
    TWO_SOURCES = "TWO_SOURCES", "another source reports on this order already"


MOVED_HERE: Final = "mvd"
MOVED_AWAY: Final = "mvr"
"""How the ids of the two corrections begin by which usage goes to another line."""

RELEASABLE = (
    HoldReason.BEYOND_LIMITS,
    HoldReason.NOT_MEASURED,
    HoldReason.AUTHORIZATION_LAPSED,
)
"""What a person may let pass; each has its own person."""


RULES: dict[str, str] = {
    HoldReason.BEYOND_LIMITS: "R-MET-06",
    HoldReason.NOT_MEASURED: "R-MET-03",
    HoldReason.AUTHORIZATION_LAPSED: "R-AI-02",
    HoldReason.UNKNOWN_OUTCOME: "R-MET-07",
    HoldReason.UNKNOWN_MODEL: "R-MET-09",
    HoldReason.UNKNOWN_CLASS: "R-MET-09",
    HoldReason.NO_RATE: "R-MET-09",
}
"""By which rule a reason holds a call; by R-MET-08 where none is named."""


class FundsNoticeKind(TextChoices):
    """Whether funds are used, or are expected to be."""

    USED = "USED", "used"
    EXPECTED = "EXPECTED", "expected to be used"


class FundsClausePreset(TextChoices):
    """The clause whose figures for a forecast a contract takes (R-FND-07)."""

    COST = "52.232-22", "52.232-20 or -22, cost: 75 % within 60 days"
    TIME = "52.232-7", "52.232-7 or 52.212-4 Alternate I, hours: 85 % within 30 days"
    FIXED = "252.232-7007", "DFARS 252.232-7007, incremental: 85 % within 90 days"
    OWN = "OWN", "own figures within 75 to 85 % and 30 to 90 days"


NOTICE_PERCENTS: Final = tuple(f"FUNDS_NOTICE_{number}" for number in range(1, 6))
"""Codes of the usual shares of the funds at which people are told: dated numbers."""
NOTICE_AGAIN: Final = "FUNDS_NOTICE_AGAIN"
"""Code of the days after which a notice that nobody acknowledged goes out again."""


def forecast_codes(clause: str) -> tuple[str, str]:
    """The codes of the percent and of the days that a clause sets: dated numbers."""
    name = FundsClausePreset(clause).name
    return f"FUNDS_FORECAST_{name}_PERCENT", f"FUNDS_FORECAST_{name}_DAYS"


class DisposalCode(TextChoices):
    """Why held usage is charged to nobody; it stays stored, listed and counted."""

    ESTIMATED = "ESTIMATED", "estimated, never billable"
    OUTSIDE_PERIOD = "OUTSIDE_PERIOD", "outside every period of performance"
    NOT_OURS = "NOT_OURS", "not usage of this agency"
    TEST_CALL = "TEST_CALL", "a test of the gateway"
    NOT_CHARGEABLE = "NOT_CHARGEABLE", "not chargeable under the contract"
    NOTHING_USED = "NOTHING_USED", "no token was used"


class Basis(TextChoices):
    """Where a count comes from."""

    MEASURED = "measured", "measured"
    ESTIMATED = "estimated", "estimated"
    PARTIAL = "partial", "counted until it was cut off"
    ABSENT = "absent", "used, and not counted"


class Limits(NamedTuple):
    """What a call of a model can have at most; ``None`` where nothing is said."""

    max_output_tokens: int | None = None
    context_tokens: int | None = None
    calls_per_minute: int | None = None
    tokens_per_minute: int | None = None
    latency_ms: int | None = None


SILENCE: Final = "ALARM_SILENCE"
"""Code of the dated number of hours after which a source counts as silent."""


class ControlMode(TextChoices):
    """What becomes of a request for more than a limit leaves (R-MET-10)."""

    HARD = "HARD", "hard: beyond a limit it is refused"
    SOFT = "SOFT", "soft: beyond a limit it is granted, and told"


class LimitScope(TextChoices):
    """What a limit is set on."""

    LINE = "LINE", "order line"
    ORDER = "ORDER", "order"
    CLIN = "CLIN", "contract line"
    PROJECT = "PROJECT", "project"
    KEY = "KEY", "key"


class ReservationEndKind(TextChoices):
    """How a reserved call ended."""

    SETTLED = "SETTLED", "settled"
    RELEASED = "RELEASED", "released unused"
    EXPIRED = "EXPIRED", "lease expired"


class RatingRunState(TextChoices):
    """What became of a run that rates usage anew."""

    DRAFT = "DRAFT", "waits for the contracting officer"
    POSTED = "POSTED", "approved and posted"
    DISCARDED = "DISCARDED", "given up"


RATING_RUN_MOVES: Final = moves(
    {RatingRunState.DRAFT: (RatingRunState.POSTED, RatingRunState.DISCARDED)}
)


class LeftAlone(TextChoices):
    """Why a call that is looked at again stays as it is, beside what holds a call."""

    OTHER_ORDER = "OTHER_ORDER", "it would belong to another order now"
    WITNESS = "WITNESS", "another source is of record now"
    NOT_CHARGED = "NOT_CHARGED", "its outcome would not be charged now"
    CLOSED_ON_STEPS = "CLOSED_ON_STEPS", "it is accepted at a price by volume"
