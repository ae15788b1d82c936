"""Addresses of reference data."""

from django.urls import path

from contracting.reference import api, views

app_name = "reference"

urlpatterns = [
    path("reference/", views.Index.as_view(), name="index"),
    path("reference/in-force/", views.InForcePage.as_view(), name="in_force"),
    path(
        "reference/list-prices/preview",
        views.PreviewListPrices.as_view(),
        name="preview_list_prices",
    ),
    path("reference/models/", views.Models.as_view(), name="models"),
    path(
        "reference/models/map_alias",
        views.MapModelAlias.as_view(),
        name="map_model_alias",
    ),
    path(
        "reference/models/register",
        views.RegisterModel.as_view(),
        name="register_model",
    ),
    path("reference/models/<public_id:model>", views.Model.as_view(), name="model"),
    path(
        "reference/list-prices/import",
        views.ImportListPrices.as_view(),
        name="import_list_prices",
    ),
    path(
        "reference/token-classes/",
        views.TokenClasses.as_view(),
        name="token_classes",
    ),
    path("reference/thresholds/", views.Thresholds.as_view(), name="thresholds"),
    path("reference/rates/", views.RatesPage.as_view(), name="rates"),
    path(
        "reference/rates/propose_rate",
        views.ProposeRate.as_view(),
        name="propose_rate",
    ),
    path(
        "reference/rates/correct_rate",
        views.CorrectRate.as_view(),
        name="correct_rate",
    ),
    path(
        "reference/rates/<public_id:public_id>/confirm_rate",
        views.ConfirmRate.as_view(),
        name="confirm_rate",
    ),
    path("reference/clauses/", views.Clauses.as_view(), name="clauses"),
    path("reference/rules/", views.Rules.as_view(), name="rules"),
    path("reference/holidays/", views.Holidays.as_view(), name="holidays"),
]

api_urlpatterns = [
    path("models", api.ListModels.as_view(), name="list_models"),
    path("token-classes", api.ListTokenClasses.as_view(), name="list_token_classes"),
    path("list-prices", api.ListListPrices.as_view(), name="list_list_prices"),
]
