"""Addresses of the approvals pages."""

from django.urls import path

from contracting.approvals import views

app_name = "approvals"

urlpatterns = [path("approvals/", views.Inbox.as_view(), name="inbox")]
