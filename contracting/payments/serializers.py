"""Payments as machines read them: explicit lists of fields."""

from __future__ import annotations

from rest_framework import serializers

from contracting.billing.serializers import StatedMoneySerializer
from contracting.solicitations.serializers import MoneySerializer


class RecordedPaymentSerializer(serializers.Serializer[object]):
    """What the finance system has paid."""

    id = serializers.CharField()
    paid_on = serializers.DateField()
    reference = serializers.CharField()
    interest = MoneySerializer()
    total = MoneySerializer()


class PaymentSummarySerializer(serializers.Serializer[object]):
    """One certified payment in a list."""

    id = serializers.CharField()
    voucher_number = serializers.CharField()
    state = serializers.ChoiceField(choices=["CERTIFIED", "PAID", "RETURNED"])
    invoice = serializers.CharField()
    invoice_number = serializers.CharField()
    order = serializers.CharField()
    order_piid = serializers.CharField()
    contract_piid = serializers.CharField()
    vendor = serializers.CharField()
    amount = MoneySerializer()
    due_on = serializers.DateField()
    accelerated_on = serializers.DateField(allow_null=True)
    certified_at = serializers.CharField()
    payment = RecordedPaymentSerializer(allow_null=True)


class PaidLineSerializer(serializers.Serializer[object]):
    """What is payable on one line of the invoice."""

    position = serializers.IntegerField()
    clin = serializers.CharField()
    model = serializers.CharField()
    token_class = serializers.CharField()
    tokens = serializers.IntegerField()
    usd_per_million_tokens = serializers.CharField()
    amount = MoneySerializer()


class PaidChargeSerializer(serializers.Serializer[object]):
    """What is payable on one line of the invoice that is owed not by tokens."""

    position = serializers.IntegerField()
    clin = serializers.CharField()
    description = serializers.CharField()
    unit = serializers.CharField()
    units = serializers.CharField()
    usd_per_unit = serializers.CharField()
    amount = MoneySerializer()


class ClassificationSerializer(serializers.Serializer[object]):
    """From which funds a part is paid."""

    clin = serializers.CharField()
    acrn = serializers.CharField()
    amount = MoneySerializer()


class OffsetSerializer(serializers.Serializer[object]):
    """A credit that the payment takes off."""

    credit = serializers.CharField()
    credit_number = serializers.CharField()
    is_stated = serializers.BooleanField()
    amount = MoneySerializer()


class PaymentSerializer(PaymentSummarySerializer):
    """One certified payment with its lines and its funds."""

    invoiced = MoneySerializer()
    withheld = MoneySerializer()
    discount = MoneySerializer()
    credits = OffsetSerializer(many=True)
    lines = PaidLineSerializer(many=True)
    charges = PaidChargeSerializer(many=True)
    classification = ClassificationSerializer(many=True)


class PaymentBatchSerializer(serializers.Serializer[object]):
    """A batch that was handed to the finance system."""

    id = serializers.CharField()
    number = serializers.IntegerField()
    vouchers = serializers.IntegerField()
    csv_sha256 = serializers.CharField()
    json_sha256 = serializers.CharField()
    exported_at = serializers.CharField()


class StatusSerializer(serializers.Serializer[object]):
    """How many vouchers were recorded as paid, as returned, or known already."""

    paid = serializers.IntegerField()
    returned = serializers.IntegerField()
    known = serializers.IntegerField()


class StatedReturnSerializer(serializers.Serializer[object]):
    """Why a voucher is given back."""

    reason = serializers.CharField(max_length=2000)


class StatedRefundSerializer(serializers.Serializer[object]):
    """What came back, when, and by which deposit."""

    amount = StatedMoneySerializer()
    received_on = serializers.DateField()
    reference = serializers.CharField(max_length=60)


class RefundSerializer(serializers.Serializer[object]):
    """What a vendor has paid back of a credit, and whether it stands."""

    id = serializers.CharField()
    credit = serializers.CharField()
    amount = MoneySerializer()
    received_on = serializers.DateField()
    reference = serializers.CharField()
    recorded_at = serializers.CharField()
    returned_at = serializers.CharField(allow_null=True)
    return_reason = serializers.CharField(allow_null=True)


class DebtInterestSerializer(serializers.Serializer[object]):
    """The interest on a debt that was demanded; without a demand none is borne."""

    credit = serializers.CharField()
    until = serializers.DateField()
    due_on = serializers.DateField(allow_null=True)
    free_until = serializers.DateField(allow_null=True)
    earned = MoneySerializer()
    settled = MoneySerializer()
    left = MoneySerializer()
