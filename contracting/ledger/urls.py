"""Addresses of funds and statements."""

from django.urls import URLPattern, path

from contracting.ledger import views

app_name = "ledger"

urlpatterns = [
    path("funds/", views.FundsPage.as_view(), name="funds"),
    path(
        "funds/create",
        views.CreateLineOfAccounting.as_view(),
        name="create_line_of_accounting",
    ),
    path(
        "funds/<public_id:line>",
        views.LineOfAccountingPage.as_view(),
        name="line_of_accounting",
    ),
    path(
        "funds/<public_id:line>/allot",
        views.AllotFunds.as_view(),
        name="allot_funds",
    ),
    path("ledger/<public_id:line>", views.StatementPage.as_view(), name="statement"),
]

api_urlpatterns: list[URLPattern] = []
