"""Addresses of the audit pages."""

from django.urls import path

from contracting.audit import views

app_name = "audit"

urlpatterns = [path("audit/", views.AuditIndex.as_view(), name="index")]
