"""Addresses of orders and modifications."""

from django.urls import URLPattern, path

from contracting.orders import api, views
from contracting.orders.views import funds, previews
from contracting.orders.views.drafting import DraftTaskOrder
from contracting.orders.views.limits import AcceptOrderLimits
from contracting.orders.views.rebasing import RebaseModification

_ORDER = "orders/<public_id:public_id>"
_MODIFICATION = "modifications/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("orders/", views.TaskOrdersPage.as_view(), name="orders"),
    path(_ORDER, views.TaskOrderPage.as_view(), name="order"),
    path(
        "contracts/<public_id:public_id>/draft_task_order",
        DraftTaskOrder.as_view(),
        name="draft_task_order",
    ),
    path(
        f"{_ORDER}/edit_task_order",
        views.EditTaskOrder.as_view(),
        name="edit_task_order",
    ),
    path(
        f"{_ORDER}/preview",
        previews.PreviewTaskOrder.as_view(),
        name="preview_task_order",
    ),
    path(
        f"{_ORDER}/submit_task_order",
        views.SubmitTaskOrder.as_view(),
        name="submit_task_order",
    ),
    path(
        f"{_ORDER}/review_task_order",
        views.ReviewTaskOrder.as_view(),
        name="review_task_order",
    ),
    path(
        f"{_ORDER}/dispose_nonconcurrence",
        views.DisposeNonconcurrence.as_view(),
        name="dispose_nonconcurrence",
    ),
    path(
        f"{_ORDER}/certify_task_order_funds",
        funds.CertifyTaskOrderFunds.as_view(),
        name="certify_task_order_funds",
    ),
    path(
        f"{_ORDER}/record_availability",
        funds.RecordAvailability.as_view(),
        name="record_availability",
    ),
    path(
        f"{_ORDER}/accept_order_limits",
        AcceptOrderLimits.as_view(),
        name="accept_order_limits",
    ),
    path(
        f"{_ORDER}/issue_task_order",
        views.IssueTaskOrder.as_view(),
        name="issue_task_order",
    ),
    path(
        f"{_ORDER}/cancel_task_order",
        views.CancelTaskOrder.as_view(),
        name="cancel_task_order",
    ),
    path(
        f"{_ORDER}/discard_task_order",
        views.DiscardTaskOrder.as_view(),
        name="discard_task_order",
    ),
    path(
        f"{_ORDER}/draft_modification",
        views.DraftModification.as_view(),
        name="draft_modification",
    ),
    path(_MODIFICATION, views.ModificationPage.as_view(), name="modification"),
    path(
        f"{_MODIFICATION}/preview",
        previews.PreviewModification.as_view(),
        name="preview_modification",
    ),
    path(
        f"{_MODIFICATION}/certify_modification_funds",
        views.CertifyModificationFunds.as_view(),
        name="certify_modification_funds",
    ),
    path(
        f"{_MODIFICATION}/sign_modification",
        views.SignModification.as_view(),
        name="sign_modification",
    ),
    path(
        f"{_MODIFICATION}/issue_modification",
        views.IssueModification.as_view(),
        name="issue_modification",
    ),
    path(
        f"{_MODIFICATION}/rebase_modification",
        RebaseModification.as_view(),
        name="rebase_modification",
    ),
    path(
        f"{_MODIFICATION}/discard_modification",
        views.DiscardModification.as_view(),
        name="discard_modification",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path("orders", api.TaskOrdersEndpoint.as_view(), name="orders"),
    path(
        "orders/<public_id:public_id>",
        api.TaskOrderEndpoint.as_view(),
        name="order",
    ),
]
