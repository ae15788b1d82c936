"""Addresses of reconciliation."""

from django.urls import URLPattern, path

from contracting.reconciliation import api, views
from contracting.reconciliation.views import drafting, inbox
from contracting.reconciliation.views.counts import (
    CountsPage,
    FocusFile,
    OrderReconciliationPage,
    WaterfallFile,
)

_ORDER = "orders/<public_id:public_id>"
_INVOICE = "invoices/<public_id:public_id>"
_RUN = "reconciliations/<public_id:public_id>"
_FINDING = "findings/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(_INVOICE, views.InvoicePage.as_view(), name="invoice"),
    path("reconciliations/", views.RunsPage.as_view(), name="runs"),
    path(_RUN, views.RunPage.as_view(), name="run"),
    path(f"{_RUN}/counts", CountsPage.as_view(), name="counts"),
    path(f"{_RUN}/waterfall.csv", WaterfallFile.as_view(), name="waterfall_file"),
    path(
        f"{_ORDER}/reconciliation",
        OrderReconciliationPage.as_view(),
        name="order_reconciliation",
    ),
    path(f"{_ORDER}/focus.csv", FocusFile.as_view(), name="focus_file"),
    path(
        f"{_ORDER}/draft_invoice",
        drafting.DraftInvoice.as_view(),
        name="draft_invoice",
    ),
    path("findings/", inbox.FindingsPage.as_view(), name="findings"),
    path(_FINDING, views.FindingPage.as_view(), name="finding"),
    path(
        f"{_ORDER}/reconcile_order",
        views.ReconcileOrder.as_view(),
        name="reconcile_order",
    ),
    path(f"{_INVOICE}/accept_usage", views.AcceptUsage.as_view(), name="accept_usage"),
    path(
        f"{_FINDING}/dispute_finding",
        views.DisputeFinding.as_view(),
        name="dispute_finding",
    ),
    path(
        f"{_FINDING}/resolve_finding",
        inbox.ResolveFinding.as_view(),
        name="resolve_finding",
    ),
    path(
        f"{_FINDING}/resolve_alike_findings",
        inbox.ResolveAlikeFindings.as_view(),
        name="resolve_alike_findings",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path("reconciliations", api.RunsEndpoint.as_view(), name="reconciliations"),
    path(_RUN, api.RunEndpoint.as_view(), name="reconciliation"),
    path("findings", api.FindingsEndpoint.as_view(), name="findings"),
    path(_FINDING, api.FindingEndpoint.as_view(), name="finding"),
    path(f"{_ORDER}/focus", api.FocusEndpoint.as_view(), name="focus"),
]
