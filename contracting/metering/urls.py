"""Addresses of metered usage."""

from django.urls import path

from contracting.metering import views
from contracting.metering.api import batches, funds, known, telemetry
from contracting.metering.api import buckets as bucket_api
from contracting.metering.api import sources as source_api
from contracting.metering.api import uploads as upload_api
from contracting.metering.views import buckets, reratings, sources, terms, uploads
from contracting.metering.views.control import (
    ChooseControlView,
    FundsControlPage,
    LimitSpendingView,
)
from contracting.metering.views.explorer import UsageExplorer
from contracting.metering.views.feeds import FeedHealth
from contracting.metering.views.integrations import CheckUsageView, IntegrationsPage
from contracting.metering.views.mapping import MapColumnsView
from contracting.metering.views.parked import ParkedPage, UnparkUsageView
from contracting.metering.views.saved import DiscardViewView, SaveViewView

urlpatterns = [
    path("usage/", views.UsagePage.as_view(), name="usage"),
    path("usage/integrations", IntegrationsPage.as_view(), name="integrations"),
    path("usage/check_usage", CheckUsageView.as_view(), name="check_usage"),
    path("usage/feeds", FeedHealth.as_view(), name="feed_health"),
    path("usage/explorer", UsageExplorer.as_view(), name="usage_explorer"),
    path("usage/explorer/save_view", SaveViewView.as_view(), name="save_view"),
    path(
        "usage/views/<public_id:public_id>/discard_view",
        DiscardViewView.as_view(),
        name="discard_view",
    ),
    path(
        "usage/batches/<public_id:public_id>",
        uploads.BatchPage.as_view(),
        name="batch",
    ),
    path(
        "usage/batches/<public_id:public_id>/download",
        uploads.DownloadBatch.as_view(),
        name="download_batch",
    ),
    path(
        "usage/batches/<public_id:public_id>/rejected_rows",
        uploads.RejectedRowsOfBatch.as_view(),
        name="rejected_rows_of_batch",
    ),
    path("usage/upload_usage", uploads.UploadUsageView.as_view(), name="upload_usage"),
    path(
        "usage/uploads/<public_id:public_id>",
        uploads.UploadPage.as_view(),
        name="upload",
    ),
    path(
        "usage/uploads/<public_id:public_id>/rejected_rows",
        uploads.RejectedRowsOfUpload.as_view(),
        name="rejected_rows_of_upload",
    ),
    path(
        "usage/sources/<public_id:public_id>/map_columns",
        MapColumnsView.as_view(),
        name="map_columns",
    ),
    path(
        "usage/sources/<public_id:public_id>/batches",
        uploads.BatchesPage.as_view(),
        name="batches",
    ),
    path(
        "usage/sources/<public_id:public_id>/buckets",
        buckets.BucketsPage.as_view(),
        name="buckets",
    ),
    path(
        "usage/sources/<public_id:public_id>/receive_buckets",
        buckets.ReceiveBucketsView.as_view(),
        name="receive_buckets",
    ),
    path(
        "orders/<public_id:public_id>/usage",
        views.OrderUsagePage.as_view(),
        name="order_usage",
    ),
    path(
        "orders/<public_id:public_id>/funds_control",
        FundsControlPage.as_view(),
        name="funds_control",
    ),
    path(
        "orders/<public_id:public_id>/limit_spending",
        LimitSpendingView.as_view(),
        name="limit_spending",
    ),
    path(
        "orders/<public_id:public_id>/choose_control",
        ChooseControlView.as_view(),
        name="choose_control",
    ),
    path(
        "order_lines/<public_id:public_id>/rate_period",
        views.RatePeriodView.as_view(),
        name="rate_period",
    ),
    path("usage/parked", ParkedPage.as_view(), name="parked"),
    path(
        "usage/parked/<public_id:public_id>/unpark_usage",
        UnparkUsageView.as_view(),
        name="unpark_usage",
    ),
    path("usage/suspense", views.SuspensePage.as_view(), name="suspense"),
    path(
        "usage/register_source",
        views.RegisterSourceView.as_view(),
        name="register_source",
    ),
    path("usage/assign_usage", views.AssignUsageView.as_view(), name="assign_usage"),
    path(
        "usage/assign_usage_to_order",
        views.AssignUsageToOrderView.as_view(),
        name="assign_usage_to_order",
    ),
    path("usage/dispose_usage", views.DisposeUsageView.as_view(), name="dispose_usage"),
    path(
        "usage/release_usage",
        terms.ReleaseUsageView.as_view(),
        name="release_usage",
    ),
    path(
        "usage/sources/<public_id:public_id>",
        sources.SourcePage.as_view(),
        name="source",
    ),
    path(
        "usage/sources/<public_id:public_id>/close_source",
        sources.CloseSourceView.as_view(),
        name="close_source",
    ),
    path(
        "usage/sources/<public_id:public_id>/detach_source",
        sources.DetachSourceView.as_view(),
        name="detach_source",
    ),
    path("usage/keys", sources.KeysPage.as_view(), name="keys"),
    path("usage/map_key", sources.MapKeyView.as_view(), name="map_key"),
    path(
        "usage/keys/<public_id:public_id>/unmap_key",
        sources.UnmapKeyView.as_view(),
        name="unmap_key",
    ),
    path(
        "contracts/<public_id:public_id>/usage_terms",
        terms.UsageTermsPage.as_view(),
        name="usage_terms",
    ),
    path(
        "contracts/<public_id:public_id>/set_usage_limit",
        terms.SetUsageLimitView.as_view(),
        name="set_usage_limit",
    ),
    path(
        "contracts/<public_id:public_id>/change_outcome_policy",
        terms.ChangeOutcomePolicyView.as_view(),
        name="change_outcome_policy",
    ),
    path(
        "orders/<public_id:public_id>/declare_source_of_record",
        terms.DeclareSourceOfRecordView.as_view(),
        name="declare_source_of_record",
    ),
    path("usage/rating_runs", reratings.RatingRunsPage.as_view(), name="rating_runs"),
    path(
        "usage/rerate_usage", reratings.RerateUsageView.as_view(), name="rerate_usage"
    ),
    path(
        "usage/rating_runs/<public_id:public_id>",
        reratings.RatingRunPage.as_view(),
        name="rating_run",
    ),
    path(
        "usage/rating_runs/<public_id:public_id>/approve_rerating",
        reratings.ApproveReratingView.as_view(),
        name="approve_rerating",
    ),
    path(
        "usage/rating_runs/<public_id:public_id>/discard_rerating",
        reratings.DiscardReratingView.as_view(),
        name="discard_rerating",
    ),
    path(
        "orders/<public_id:public_id>/known_usage",
        reratings.KnownUsagePage.as_view(),
        name="known_usage",
    ),
    path("usage/correct_usage", views.CorrectUsageView.as_view(), name="correct_usage"),
]
api_urlpatterns = [
    path(
        "funds:authorize",
        funds.AuthorizeUsageEndpoint.as_view(),
        name="authorize_usage",
    ),
    path("funds:settle", funds.SettleUsageEndpoint.as_view(), name="settle_usage"),
    path(
        "funds:release",
        funds.ReleaseReservationEndpoint.as_view(),
        name="release_reservation",
    ),
    path("funds:fence", funds.FenceGatewayEndpoint.as_view(), name="fence_gateway"),
    path(
        "usage/heartbeats",
        source_api.HeartbeatEndpoint.as_view(),
        name="record_heartbeat",
    ),
    path(
        "usage/control_totals",
        source_api.ControlTotalEndpoint.as_view(),
        name="record_control_total",
    ),
    path("usage/keys", source_api.KeysEndpoint.as_view(), name="key_mappings"),
    path("usage/events", batches.RecordUsageEndpoint.as_view(), name="record_usage"),
    path(
        "usage/events:batch", batches.IngestUsageEndpoint.as_view(), name="ingest_usage"
    ),
    path(
        "usage/events:check", batches.CheckUsageEndpoint.as_view(), name="check_usage"
    ),
    path("usage/batches", batches.BatchesEndpoint.as_view(), name="usage_batches"),
    path(
        "usage/batches/<public_id:public_id>",
        batches.BatchEndpoint.as_view(),
        name="usage_batch",
    ),
    path(
        "orders/<public_id:public_id>/usage",
        known.KnownUsageEndpoint.as_view(),
        name="known_usage",
    ),
    path("usage/buckets", bucket_api.BucketsEndpoint.as_view(), name="usage_buckets"),
    path("usage/uploads", upload_api.UploadsEndpoint.as_view(), name="usage_uploads"),
    path(
        "usage/uploads/<public_id:public_id>",
        upload_api.UploadEndpoint.as_view(),
        name="usage_upload",
    ),
    path(
        "usage/uploads/<public_id:public_id>/rejected_rows",
        upload_api.RejectedRowsEndpoint.as_view(),
        name="rejected_rows",
    ),
    path("usage/suspense", batches.SuspenseEndpoint.as_view(), name="suspense"),
]
telemetry_urlpatterns = [
    path("metrics", telemetry.MetricsEndpoint.as_view(), name="otlp_metrics"),
    path("logs", telemetry.LogsEndpoint.as_view(), name="otlp_logs"),
    path("traces", telemetry.TracesEndpoint.as_view(), name="otlp_traces"),
]
