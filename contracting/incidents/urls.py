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
]

api_urlpatterns: list[URLPattern] = []
