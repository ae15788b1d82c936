"""Addresses of charges, receipts and quantities."""

from django.urls import path

from contracting.charges import views

urlpatterns = [
    path(
        "orders/<public_id:public_id>/charges",
        views.ChargesPage.as_view(),
        name="charges",
    ),
    path(
        "orders/<public_id:public_id>/record_receipt",
        views.RecordReceipt.as_view(),
        name="record_receipt",
    ),
    path(
        "orders/<public_id:public_id>/change_quantity",
        views.ChangeQuantity.as_view(),
        name="change_quantity",
    ),
    path(
        "receipts/<public_id:public_id>/reverse_receipt",
        views.ReverseReceipt.as_view(),
        name="reverse_receipt",
    ),
]
