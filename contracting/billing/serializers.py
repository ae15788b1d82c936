"""Usage reports and invoices as machines write and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from contracting.billing.calculations import HEADER, MAX_TOKENS
from contracting.billing.calculations.formats import OURS
from contracting.billing.calculations.reading import in_utc
from contracting.billing.states import ChargeKind, CreditKind, LineKind, ReportStanding
from contracting.core.json_text import BadJson, read_json
from contracting.solicitations.serializers import MoneySerializer


class InstantField(serializers.DateTimeField):
    """An instant in ISO format; a local time without a zone is refused."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            message = "An instant has a time zone."
            raise serializers.ValidationError(message, code="no_time_zone")
        try:
            return in_utc(value)
        except OverflowError as error:
            message = "There is no such instant in every time zone."
            raise serializers.ValidationError(message, code="overflow") from error


class DecimalText(serializers.CharField):
    """A decimal number as text; a JSON number is refused, for it may be a float."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            message = "Write decimal numbers as text."
            raise serializers.ValidationError(message, code="not_text")
        return str(super().to_internal_value(data))


class StatedMoneySerializer(serializers.Serializer[object]):
    """An amount in US dollars, as text with two decimals."""

    amount = DecimalText(max_length=20)
    currency = serializers.ChoiceField(choices=["USD"])


class ReportMetaSerializer(serializers.Serializer[object]):
    """What is said about a usage report beside its rows."""

    label = serializers.CharField(max_length=60)  # type: ignore[assignment]
    period_start = InstantField()
    period_end = InstantField()
    stated_total = serializers.IntegerField(
        min_value=0, required=False, allow_null=True, default=None
    )
    supersedes = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="The label of the report that this one corrects and replaces.",
    )


class MappingField(serializers.CharField):
    """Which column of a CSV file is what, as JSON in the query."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return read_json(text.encode()) if text else None
        except BadJson as error:
            raise serializers.ValidationError(str(error)) from error


class FileMetaSerializer(ReportMetaSerializer):
    """The same of a report that is sent as a file."""

    format = serializers.CharField(max_length=40, required=False, default=OURS)
    signature = serializers.CharField(
        max_length=128,
        required=False,
        allow_blank=True,
        default="",
        help_text="Ed25519 over sha256: and the hash of the body, hexadecimal.",
    )
    mapping = MappingField(required=False, allow_blank=True, default="")


class StatedRowSerializer(serializers.Serializer[object]):
    """One billed attempt and token class, or a sum of a day that names no call."""

    request_id = serializers.CharField(max_length=200, allow_blank=True)
    attempt = serializers.IntegerField(
        min_value=1, required=False, help_text="Of a call; a sum has none."
    )
    bucket_end = InstantField(
        required=False, help_text="Of a sum: it counts from occurred_at until then."
    )
    occurred_at = InstantField()
    model = serializers.CharField(max_length=120)
    tier = serializers.CharField(max_length=20)
    tokens = serializers.IntegerField(min_value=0, max_value=MAX_TOKENS)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """``class`` is a word of the language, so it is no name of an attribute."""
        return {**super().get_fields(), "class": serializers.CharField(max_length=30)}


class StatedReportSerializer(ReportMetaSerializer):
    """A usage report in JSON."""

    rows = StatedRowSerializer(many=True)


class ReportSerializer(serializers.Serializer[object]):
    """A usage report as it was received."""

    id = serializers.CharField()
    order = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    due_at = serializers.CharField()
    received_at = serializers.CharField()
    is_late = serializers.BooleanField()
    is_in_sums = serializers.BooleanField()
    supersedes = serializers.CharField(allow_null=True)
    superseded_by = serializers.CharField(allow_null=True)
    rows = serializers.IntegerField()
    tokens = serializers.IntegerField()
    payload_sha256 = serializers.CharField()
    format = serializers.CharField()
    sent_sha256 = serializers.CharField()
    signed_with = serializers.CharField(allow_null=True)
    notes = serializers.ListField(child=serializers.CharField())


class MonthSerializer(serializers.Serializer[object]):
    """The report of one accounting month of an order."""

    month = serializers.CharField(help_text="Such as 2026-04.")
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    standing = serializers.ChoiceField(choices=ReportStanding.choices)
    due_on = serializers.DateField()
    days_late = serializers.IntegerField()
    asked_at = serializers.CharField(allow_null=True)
    unreported_from = serializers.CharField(allow_null=True)
    reports = serializers.ListField(child=serializers.CharField())


class StatedNoReportSerializer(serializers.Serializer[object]):
    """The vendor's statement that there was no usage."""

    month = serializers.DateField(help_text="Any day of the month.")
    reason = serializers.CharField(max_length=2000)


class StatedLineSerializer(serializers.Serializer[object]):
    """One invoice line as the vendor states it."""

    clin = serializers.CharField(max_length=20)
    acrn = serializers.CharField(max_length=2, required=False, allow_blank=True)
    model = serializers.CharField(max_length=120)
    token_class = serializers.CharField(max_length=30)
    tier = serializers.CharField(max_length=20, required=False, allow_blank=True)
    period_start = InstantField()
    period_end = InstantField()
    tokens = serializers.IntegerField(min_value=0, max_value=MAX_TOKENS)
    usd_per_million_tokens = DecimalText(max_length=20)
    amount = StatedMoneySerializer()
    description = serializers.CharField(
        max_length=200, required=False, allow_blank=True
    )
    kind = serializers.ChoiceField(
        choices=LineKind.choices,
        required=False,
        help_text="An adjustment asks for usage that came after its period was "
        "accepted; its period stays the one in which it was used.",
    )


class StatedChargeSerializer(serializers.Serializer[object]):
    """One invoice line of months, hours, pieces or a settlement, as it is stated."""

    clin = serializers.CharField(max_length=20)
    acrn = serializers.CharField(max_length=2, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=ChargeKind.choices, required=False)
    period_start = InstantField()
    period_end = InstantField()
    units = DecimalText(max_length=20)
    usd_per_unit = DecimalText(max_length=20)
    amount = StatedMoneySerializer()
    description = serializers.CharField(
        max_length=200, required=False, allow_blank=True
    )


class StatedCreditSerializer(serializers.Serializer[object]):
    """One invoice line that takes off a credit that is due; its amount is below 0."""

    credit = serializers.CharField(max_length=40)
    amount = StatedMoneySerializer()
    description = serializers.CharField(
        max_length=200, required=False, allow_blank=True
    )


class HeaderSerializer(serializers.Serializer[object]):
    """What a proper invoice says of itself (FAR 32.905(b)); gaps are all named."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            name: serializers.CharField(
                max_length=500,
                required=False,
                allow_blank=True,
                help_text=words.capitalize(),
            )
            for name, words in HEADER.items()
        }


class StatedInvoiceSerializer(serializers.Serializer[object]):
    """An invoice in JSON."""

    number = serializers.CharField(max_length=40, allow_blank=True)
    invoiced_on = serializers.DateField()
    period_start = InstantField()
    period_end = InstantField()
    header = HeaderSerializer()
    lines = StatedLineSerializer(many=True)
    charges = StatedChargeSerializer(many=True, required=False)
    credits = StatedCreditSerializer(many=True, required=False)
    total = StatedMoneySerializer()


class InvoiceLineSerializer(serializers.Serializer[object]):
    """One invoice line as it was received."""

    id = serializers.CharField()
    position = serializers.IntegerField()
    clin = serializers.CharField()
    acrn = serializers.CharField()
    description = serializers.CharField()
    model = serializers.CharField()
    token_class = serializers.CharField()
    tier = serializers.CharField()
    kind = serializers.CharField()
    adjusts = serializers.CharField(
        allow_null=True, help_text="The accepted line that an adjustment adds to."
    )
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    tokens = serializers.IntegerField()
    usd_per_million_tokens = serializers.CharField()
    amount = MoneySerializer()


class ChargeLineSerializer(serializers.Serializer[object]):
    """One invoice line of units as it was received."""

    id = serializers.CharField()
    position = serializers.IntegerField()
    clin = serializers.CharField()
    acrn = serializers.CharField()
    kind = serializers.CharField()
    description = serializers.CharField()
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    unit = serializers.CharField()
    units = serializers.CharField()
    usd_per_unit = serializers.CharField()
    amount = MoneySerializer()


class CreditLineSerializer(serializers.Serializer[object]):
    """One invoice line that takes a credit off, as it was received."""

    id = serializers.CharField()
    position = serializers.IntegerField()
    credit = serializers.CharField()
    credit_number = serializers.CharField()
    clin = serializers.CharField()
    acrn = serializers.CharField()
    kind = serializers.CharField()
    description = serializers.CharField()
    amount = MoneySerializer()


class StatedDueSerializer(serializers.Serializer[object]):
    """What a vendor owes back, as its system states it."""

    clin = serializers.CharField(max_length=8)
    acrn = serializers.CharField(max_length=4, required=False, default="")
    kind = serializers.ChoiceField(choices=CreditKind.choices)
    amount = StatedMoneySerializer()
    reason = serializers.CharField(max_length=4000)


class CreditSerializer(serializers.Serializer[object]):
    """What the vendor owes back, and what of it is open."""

    id = serializers.CharField()
    number = serializers.CharField()
    order = serializers.CharField()
    clin = serializers.CharField()
    acrn = serializers.CharField()
    kind = serializers.ChoiceField(choices=CreditKind.choices)
    reason = serializers.CharField()
    amount = MoneySerializer()
    on_invoices = MoneySerializer()
    settled = MoneySerializer()
    open = MoneySerializer()
    credited_at = serializers.CharField()


class InvoiceSummarySerializer(serializers.Serializer[object]):
    """An invoice in a list."""

    id = serializers.CharField()
    number = serializers.CharField()
    order = serializers.CharField()
    vendor = serializers.CharField()
    state = serializers.CharField()
    invoiced_on = serializers.DateField()
    period_start = serializers.CharField()
    period_end = serializers.CharField()
    total = MoneySerializer()
    credited = MoneySerializer()
    received_at = serializers.CharField()
    returned_at = serializers.CharField(allow_null=True)
    return_reasons = serializers.ListField(child=serializers.CharField())
    payload_sha256 = serializers.CharField()


class InvoiceSerializer(InvoiceSummarySerializer):
    """An invoice with its lines."""

    lines = InvoiceLineSerializer(many=True)
    charges = ChargeLineSerializer(many=True)
    credits = CreditLineSerializer(many=True)
