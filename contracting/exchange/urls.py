"""Addresses of webhooks."""

from django.urls import URLPattern, path

from contracting.exchange import views

urlpatterns: list[URLPattern] = [
    path("webhooks/", views.WebhooksPage.as_view(), name="webhooks"),
    path(
        "webhooks/register_webhook",
        views.RegisterWebhook.as_view(),
        name="register_webhook",
    ),
    path("webhooks/<public_id:public_id>", views.WebhookPage.as_view(), name="webhook"),
    path(
        "webhooks/<public_id:public_id>/rotate_webhook_secret",
        views.RotateWebhookSecret.as_view(),
        name="rotate_webhook_secret",
    ),
    path(
        "webhooks/<public_id:public_id>/disable_webhook",
        views.DisableWebhook.as_view(),
        name="disable_webhook",
    ),
    path(
        "webhooks/<public_id:public_id>/enable_webhook",
        views.EnableWebhook.as_view(),
        name="enable_webhook",
    ),
    path(
        "webhooks/<public_id:public_id>/probe_webhook",
        views.ProbeWebhook.as_view(),
        name="probe_webhook",
    ),
    path(
        "webhooks/<public_id:public_id>/replay_webhook",
        views.ReplayWebhook.as_view(),
        name="replay_webhook",
    ),
]

api_urlpatterns: list[URLPattern] = []
