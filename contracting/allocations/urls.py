"""Addresses of allocations."""

from django.urls import URLPattern, path

from contracting.allocations import views

_CONTRACT = "contracts/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(
        f"{_CONTRACT}/allocation",
        views.AllocationPage.as_view(),
        name="allocation",
    ),
    path(
        f"{_CONTRACT}/set_allocation",
        views.SetAllocation.as_view(),
        name="set_allocation",
    ),
]

api_urlpatterns: list[URLPattern] = []
