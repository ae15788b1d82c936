"""Addresses of billing. Reconciliation shows an invoice, with what it found on it."""

from django.urls import URLPattern, path

from contracting.billing import api, views
from contracting.billing.api import register as api_register
from contracting.billing.views import credits as credit_views
from contracting.billing.views import recording, register, reporting

_ORDER = "orders/<public_id:public_id>"
_INVOICE = "invoices/<public_id:public_id>"
_CREDIT = "credits/<public_id:public_id>"
_REPORT = "usage_reports/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("invoices/", views.InvoicesPage.as_view(), name="invoices"),
    path("usage_reports/", views.UsageReportsPage.as_view(), name="usage_reports"),
    path(_REPORT, views.UsageReportPage.as_view(), name="usage_report"),
    path(
        f"{_REPORT}/changes",
        reporting.UsageReportChangesPage.as_view(),
        name="usage_report_changes",
    ),
    path("signing_keys/", reporting.SigningKeysPage.as_view(), name="signing_keys"),
    path(
        "signing_keys/register_signing_key",
        reporting.RegisterSigningKey.as_view(),
        name="register_signing_key",
    ),
    path(
        "signing_keys/<public_id:public_id>/revoke_signing_key",
        reporting.RevokeSigningKey.as_view(),
        name="revoke_signing_key",
    ),
    path(
        f"{_ORDER}/reporting",
        register.ReportingPage.as_view(),
        name="reporting",
    ),
    path(
        f"{_ORDER}/ask_for_report",
        register.AskForReport.as_view(),
        name="ask_for_report",
    ),
    path(
        f"{_ORDER}/state_no_report",
        register.StateNoReport.as_view(),
        name="state_no_report",
    ),
    path(
        f"{_ORDER}/send_overdue_letter",
        register.SendOverdueLetter.as_view(),
        name="send_overdue_letter",
    ),
    path(
        f"{_ORDER}/record_reporting_terms",
        register.RecordReportingTerms.as_view(),
        name="record_reporting_terms",
    ),
    path(
        f"{_ORDER}/receive_usage_report",
        views.ReceiveUsageReport.as_view(),
        name="receive_usage_report",
    ),
    path(
        f"{_ORDER}/receive_invoice",
        views.ReceiveInvoice.as_view(),
        name="receive_invoice",
    ),
    path(
        f"{_ORDER}/receive_invoice_file",
        views.ReceiveInvoiceFile.as_view(),
        name="receive_invoice_file",
    ),
    path(f"{_INVOICE}/ubl", views.InvoiceUbl.as_view(), name="invoice_ubl"),
    path(
        f"{_ORDER}/record_invoice",
        recording.RecordInvoice.as_view(),
        name="record_invoice",
    ),
    path(
        f"{_ORDER}/allow_invoice_number",
        recording.AllowInvoiceNumber.as_view(),
        name="allow_invoice_number",
    ),
    path(
        f"{_INVOICE}/return_invoice",
        views.ReturnInvoice.as_view(),
        name="return_invoice",
    ),
    path(
        f"{_INVOICE}/withdraw_invoice",
        views.WithdrawInvoice.as_view(),
        name="withdraw_invoice",
    ),
    path("credits/", credit_views.CreditsPage.as_view(), name="credits"),
    path(_CREDIT, credit_views.CreditPage.as_view(), name="credit"),
    path(
        f"{_ORDER}/record_credit",
        credit_views.RecordCredit.as_view(),
        name="record_credit",
    ),
    path(
        f"{_CREDIT}/cancel_credit",
        credit_views.CancelCredit.as_view(),
        name="cancel_credit",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path(
        f"{_ORDER}/usage_reports",
        api.OrderReportsEndpoint.as_view(),
        name="receive_usage_report",
    ),
    path(
        f"{_ORDER}/invoices",
        api.OrderInvoicesEndpoint.as_view(),
        name="receive_invoice",
    ),
    path(
        f"{_ORDER}/credits",
        api.OrderCreditsEndpoint.as_view(),
        name="record_credit",
    ),
    path(
        f"{_ORDER}/reporting",
        api_register.OrderReportingEndpoint.as_view(),
        name="reporting",
    ),
    path("usage_reports", api.UsageReportsEndpoint.as_view(), name="usage_reports"),
    path(_REPORT, api.UsageReportEndpoint.as_view(), name="usage_report"),
    path("invoices", api.InvoicesEndpoint.as_view(), name="invoices"),
    path(_INVOICE, api.InvoiceEndpoint.as_view(), name="invoice"),
    path(f"{_INVOICE}/ubl", api.InvoiceUblEndpoint.as_view(), name="invoice_ubl"),
    path("credits", api.CreditsEndpoint.as_view(), name="credits"),
    path(_CREDIT, api.CreditEndpoint.as_view(), name="credit"),
]
