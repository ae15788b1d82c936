"""Addresses of payments."""

from django.urls import URLPattern, path

from contracting.payments import api, views
from contracting.payments.api import credits as credits_api
from contracting.payments.views import credits

_PAYMENT = "payments/<public_id:public_id>"
_BATCH = "payment_batches/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("payments/", views.PaymentsPage.as_view(), name="payments"),
    path(_PAYMENT, views.PaymentPage.as_view(), name="payment"),
    path(
        "invoices/<public_id:public_id>/certify_payment",
        views.CertifyPayment.as_view(),
        name="certify_payment",
    ),
    path(
        f"{_PAYMENT}/record_payment",
        views.RecordPayment.as_view(),
        name="record_payment",
    ),
    path(
        f"{_PAYMENT}/return_payment",
        views.ReturnPayment.as_view(),
        name="return_payment",
    ),
    path(
        f"{_PAYMENT}/authorize_early_payment",
        views.AuthorizeEarlyPayment.as_view(),
        name="authorize_early_payment",
    ),
    path(
        "contracts/<public_id:public_id>/state_acceptance_period",
        views.StateAcceptancePeriod.as_view(),
        name="state_acceptance_period",
    ),
    path(
        "credits/<public_id:public_id>/record_refund",
        credits.RecordRefund.as_view(),
        name="record_refund",
    ),
    path(
        "credits/<public_id:public_id>/demand_refund",
        credits.DemandRefund.as_view(),
        name="demand_refund",
    ),
    path(
        "credits/<public_id:public_id>/waive_credit",
        credits.WaiveCredit.as_view(),
        name="waive_credit",
    ),
    path(
        "refunds/<public_id:public_id>/return_refund",
        credits.ReturnRefund.as_view(),
        name="return_refund",
    ),
    path(
        "credits/<public_id:public_id>/debt_interest",
        credits.DebtInterestPage.as_view(),
        name="debt_interest",
    ),
    path(
        "credits/<public_id:public_id>/record_debt_interest",
        credits.RecordDebtInterest.as_view(),
        name="record_debt_interest",
    ),
    path(
        "credits/<public_id:public_id>/waive_debt_interest",
        credits.WaiveDebtInterest.as_view(),
        name="waive_debt_interest",
    ),
    path(
        "payment_exports/",
        views.PaymentExportsPage.as_view(),
        name="payment_exports",
    ),
    path(
        "payment_exports/export_payments",
        views.ExportPayments.as_view(),
        name="export_payments",
    ),
    path(
        "payment_exports/import_payment_status",
        views.ImportPaymentStatus.as_view(),
        name="import_payment_status",
    ),
    path(
        "payment_exports/<public_id:public_id>/payments.csv",
        views.PaymentExportFile.as_view(),
        {"form": "csv"},
        name="payment_export_csv",
    ),
    path(
        "payment_exports/<public_id:public_id>/payments.json",
        views.PaymentExportFile.as_view(),
        {"form": "json"},
        name="payment_export_json",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path("payments", api.PaymentsEndpoint.as_view(), name="payments"),
    path(_PAYMENT, api.PaymentEndpoint.as_view(), name="payment"),
    path(
        f"{_PAYMENT}/return_payment",
        api.PaymentReturnEndpoint.as_view(),
        name="return_payment",
    ),
    path(
        "credits/<public_id:public_id>/record_refund",
        credits_api.RefundEndpoint.as_view(),
        name="record_refund",
    ),
    path(
        "credits/<public_id:public_id>/refunds",
        credits_api.RefundsEndpoint.as_view(),
        name="refunds",
    ),
    path(
        "refunds/<public_id:public_id>/return_refund",
        credits_api.RefundReturnEndpoint.as_view(),
        name="return_refund",
    ),
    path(
        "credits/<public_id:public_id>/debt_interest",
        credits_api.DebtInterestEndpoint.as_view(),
        name="debt_interest",
    ),
    path(
        "credits/<public_id:public_id>/record_debt_interest",
        credits_api.DebtInterestRecordEndpoint.as_view(),
        name="record_debt_interest",
    ),
    path("payment_batches", api.BatchesEndpoint.as_view(), name="payment_batches"),
    path(_BATCH, api.BatchEndpoint.as_view(), name="payment_batch"),
    path(
        f"{_BATCH}/payments.csv",
        api.BatchCsvEndpoint.as_view(),
        name="payment_batch_csv",
    ),
    path(
        f"{_BATCH}/payments.json",
        api.BatchJsonEndpoint.as_view(),
        name="payment_batch_json",
    ),
    path("payment_status", api.StatusEndpoint.as_view(), name="payment_status"),
]
