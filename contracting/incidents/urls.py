"""Addresses of incidents."""

from django.urls import URLPattern, path

from contracting.incidents import views

_INCIDENT = "incidents/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("incidents/", views.IncidentsPage.as_view(), name="incidents"),
    path(
        "contracts/<public_id:public_id>/report_incident",
        views.ReportIncident.as_view(),
        name="report_incident",
    ),
    path(_INCIDENT, views.IncidentPage.as_view(), name="incident"),
    path(
        f"{_INCIDENT}/update_incident",
        views.UpdateIncident.as_view(),
        name="update_incident",
    ),
    path(
        f"{_INCIDENT}/close_incident",
        views.CloseIncident.as_view(),
        name="close_incident",
    ),
    path(
        "contracts/<public_id:public_id>/authorizations",
        views.AuthorizationsPage.as_view(),
        name="authorizations",
    ),
    path(
        "contracts/<public_id:public_id>/authorize_boundary",
        views.AuthorizeBoundary.as_view(),
        name="authorize_boundary",
    ),
    path(
        "authorizations/<public_id:public_id>/withdraw_authorization",
        views.WithdrawAuthorization.as_view(),
        name="withdraw_authorization",
    ),
]

api_urlpatterns: list[URLPattern] = []
