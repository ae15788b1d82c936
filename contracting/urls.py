"""Addresses: each app lists its own pages and endpoints."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.contrib import admin
from django.urls import include, path, register_converter
from drf_spectacular.views import SpectacularJSONAPIView

from accounts.views import EmailAddress
from contracting.core.identifiers import AlternateConverter, PublicIdConverter

register_converter(PublicIdConverter, "public_id")
register_converter(AlternateConverter, "alternate")

PAGES = (
    "accounts",
    "contracting.audit",
    "contracting.reference",
    "contracting.approvals",
    "contracting.determinations",
    "contracting.bans",
    "contracting.documents",
    "contracting.ledger",
    "contracting.notices",
    "contracting.requisitions",
    "contracting.market_research",
    "contracting.solicitations",
    "contracting.opportunities",
    "contracting.submissions",
    "contracting.proposals",
    "contracting.evaluations",
    "contracting.contracts",
    "contracting.fair_opportunity",
    "contracting.incidents",
    "contracting.orders",
    "contracting.charges",
    "contracting.modifications",
    "contracting.options",
    "contracting.terminations",
    "contracting.metering",
    "contracting.watch",
    "contracting.billing",
    "contracting.reconciliation",
    "contracting.disputes",
    "contracting.payments",
    "contracting.recounts",
    "contracting.allocations",
    "contracting.periods",
    "contracting.closeout",
    "contracting.verification",
    "contracting.evidence",
    "contracting.desk",
    "contracting.exchange",
)

PUBLIC_ROUTES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_signup",
        "account_confirm_email",
        "account_email_verification_sent",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "api_schema",
        "desk:home",
        "desk:accessibility",
        "desk:live",
        "desk:ready",
        "desk:problems",
        "desk:search",
        "market_research:requests",
        "market_research:request",
        "opportunities:opportunities",
        "opportunities:opportunity",
        "submissions:published_box",
        "opportunities:opportunity_calendar",
        "opportunities:feed",
        "opportunities:calendar",
        "contracts:awards",
        "contracts:award",
        "verification:verify",
        "verification:answer",
        "verification:statuses",
        "verification:status_list",
        "verification:trust",
        "api:verification",
        "admin:login",
        "admin:jsi18n",
        "admin:logout",
    }
)
"""Every route that answers without a login; the walking test reads this list."""


def _app_urls() -> tuple[list[Any], list[Any], list[Any]]:
    pages: list[Any] = []
    endpoints: list[Any] = []
    telemetry: list[Any] = []
    for name in PAGES:
        module = import_module(f"{name}.urls")
        app_name = name.rsplit(".", 1)[-1]
        if getattr(module, "urlpatterns", None):
            pages.append(path("", include((module.urlpatterns, app_name))))
        endpoints += getattr(module, "api_urlpatterns", [])
        telemetry += getattr(module, "telemetry_urlpatterns", [])
    return pages, endpoints, telemetry


_pages, _endpoints, _telemetry = _app_urls()
_machines = [
    path("api/v1/", include(_endpoints)),
    path("otlp/v1/", include(_telemetry)),
]

handler400 = "contracting.core.views.bad_request"
handler403 = "contracting.core.views.permission_denied"
handler404 = "contracting.core.views.page_not_found"
handler500 = "contracting.core.views.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/email/", EmailAddress.as_view(), name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/openapi.json", SpectacularJSONAPIView.as_view(), name="api_schema"),
    path("", include((_machines, "api"))),
    *_pages,
]
