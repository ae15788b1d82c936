"""Addresses of payments."""

from django.urls import URLPattern, path

from contracting.payments import api, views

_PAYMENT = "payments/<public_id:public_id>"

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
]

api_urlpatterns: list[URLPattern] = [
    path("payments", api.PaymentsEndpoint.as_view(), name="payments"),
    path(_PAYMENT, api.PaymentEndpoint.as_view(), name="payment"),
]
