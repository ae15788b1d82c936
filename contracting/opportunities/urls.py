"""Public addresses of released solicitations."""

from django.urls import path

from contracting.opportunities import views

_ONE = "opportunities/<public_id:solicitation>"

urlpatterns = [
    path("opportunities", views.Opportunities.as_view(), name="opportunities"),
    path(_ONE, views.Opportunity.as_view(), name="opportunity"),
]
