import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("reference", "0001_initial"),
        ("requisitions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SolicitationTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: it came with the system, for every agency.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="solicitation_templates",
                        to="accounts.organization",
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "summary",
                    models.TextField(help_text="For what it is meant, in a sentence."),
                ),
                (
                    "content",
                    models.JSONField(help_text="{terms, lines, factors, clauses}"),
                ),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "kept_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_templates",
                        to="accounts.membership",
                    ),
                ),
                ("kept_at", models.DateTimeField()),
                (
                    "retired_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retired_templates",
                        to="accounts.membership",
                    ),
                ),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("retired_at__isnull", True),
                                ("retired_by__isnull", True),
                            ),
                            models.Q(
                                ("retired_at__isnull", False),
                                ("retired_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_retired_template_says_who_retired_it",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("agency", "name"),
                        name="an_agency_has_one_template_of_a_name_in_use",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Solicitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="Increases whenever the content changes."
                    ),
                ),
                (
                    "content_sha256",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the canonical content.",
                        max_length=64,
                    ),
                ),
                (
                    "most_characters",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of the technical proposal; empty: the site's.",
                        null=True,
                    ),
                ),
                (
                    "most_files",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Beside the proposal; empty: the site's.",
                        null=True,
                    ),
                ),
                (
                    "most_megabytes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of all files; empty: the site's.",
                        null=True,
                    ),
                ),
                (
                    "most_pages",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of all PDF files; empty: not limited.",
                        null=True,
                    ),
                ),
                (
                    "file_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        help_text="Suffixes of files that are taken; empty: all that the site takes.",
                        size=None,
                    ),
                ),
                (
                    "smallest_order_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="FAR 52.216-19(a).",
                        max_digits=18,
                        null=True,
                    ),
                ),
                (
                    "largest_item_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of a single line, FAR 52.216-19(b)(1).",
                        max_digits=18,
                        null=True,
                    ),
                ),
                (
                    "largest_order_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of a combination of lines, FAR 52.216-19(b)(2).",
                        max_digits=18,
                        null=True,
                    ),
                ),
                (
                    "order_series_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Orders of so many days count as one, FAR 52.216-19(b)(3).",
                        null=True,
                    ),
                ),
                (
                    "performance_end",
                    models.DateField(
                        blank=True,
                        help_text="Last day of performance of any order, FAR 52.216-22(d).",
                        null=True,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="solicitations",
                        to="accounts.organization",
                    ),
                ),
                (
                    "requisition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="solicitations",
                        to="requisitions.requisition",
                    ),
                ),
                (
                    "piid",
                    models.CharField(
                        blank=True,
                        max_length=17,
                        null=True,
                        unique=True,
                        verbose_name="PIID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RFP", "request for proposals"),
                            ("RFQ", "request for quotations"),
                        ],
                        default="RFP",
                        max_length=3,
                    ),
                ),
                (
                    "late_rule",
                    models.BooleanField(
                        default=False,
                        help_text="Late quotations are not considered; an RFQ's alone.",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("statement_of_objectives", models.TextField(blank=True)),
                (
                    "naics",
                    models.CharField(
                        blank=True, max_length=6, verbose_name="NAICS code"
                    ),
                ),
                ("size_standard", models.CharField(blank=True, max_length=60)),
                (
                    "psc",
                    models.CharField(
                        blank=True, max_length=4, verbose_name="product service code"
                    ),
                ),
                (
                    "set_aside",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("UNRESTRICTED", "unrestricted"),
                            ("SMALL_BUSINESS", "small business set-aside"),
                            ("HUBZONE", "HUBZone small business"),
                            ("SDVOSB", "service-disabled veteran-owned small business"),
                            ("WOSB", "women-owned small business"),
                            ("EIGHT_A", "8(a)"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "importance",
                    models.TextField(
                        blank=True,
                        help_text="Relative importance of the factors (FAR 15.304).",
                    ),
                ),
                (
                    "ai_terms",
                    models.TextField(
                        blank=True,
                        help_text="AI term pack: token definition, data use, disclosure, reporting.",
                    ),
                ),
                ("contact_name", models.CharField(blank=True, max_length=120)),
                ("contact_email", models.EmailField(blank=True, max_length=254)),
                (
                    "deadline",
                    models.DateTimeField(
                        blank=True,
                        help_text="Offers are due by this instant, inclusive.",
                        null=True,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(default="America/New_York", max_length=60),
                ),
                (
                    "offer_valid_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Days after the deadline that an offer stays open; empty: the rule's.",
                        null=True,
                    ),
                ),
                (
                    "alternates_taken",
                    models.PositiveSmallIntegerField(
                        db_default=9,
                        default=9,
                        help_text="Alternates taken from each vendor beside its base offer; 0: none.",
                    ),
                ),
                (
                    "minimum_dollars",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                (
                    "maximum_dollars",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                ("maximum_tokens", models.BigIntegerField(default=0)),
                (
                    "most_awards",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="Contracts intended, at most; 1 is a single award.",
                    ),
                ),
                ("ordering_start", models.DateField(blank=True, null=True)),
                (
                    "ordering_end",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which an order may be placed.",
                        null=True,
                    ),
                ),
                (
                    "procedure",
                    models.CharField(
                        choices=[
                            (
                                "COMMERCIAL",
                                "commercial products and services (FAR part 12)",
                            ),
                            ("NEGOTIATED", "negotiation (FAR part 15)"),
                        ],
                        default="COMMERCIAL",
                        max_length=12,
                    ),
                ),
                (
                    "extent_competed",
                    models.CharField(
                        choices=[
                            ("FULL", "full and open competition"),
                            ("ONE_SOURCE", "only one responsible source (6.302-1)"),
                            ("URGENCY", "unusual and compelling urgency (6.302-2)"),
                            (
                                "MOBILIZATION",
                                "industrial mobilization or expert services (6.302-3)",
                            ),
                            ("INTERNATIONAL", "international agreement (6.302-4)"),
                            ("STATUTE", "authorized or required by statute (6.302-5)"),
                            ("SECURITY", "national security (6.302-6)"),
                            ("PUBLIC_INTEREST", "public interest (6.302-7)"),
                        ],
                        default="FULL",
                        max_length=20,
                    ),
                ),
                (
                    "named_brand",
                    models.CharField(
                        blank=True,
                        help_text="The one vendor or model that it names.",
                        max_length=120,
                    ),
                ),
                (
                    "synopsis_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("COMBINED", "combined synopsis and solicitation"),
                            ("SEPARATE", "synopsis before the solicitation"),
                            ("EXCEPTION", "no synopsis, by an exception"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "synopsis_id",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="id of the synopsis"
                    ),
                ),
                ("synopsis_posted_on", models.DateField(blank=True, null=True)),
                (
                    "synopsis_exception",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("5.202(a)(1)", "5.202(a)(1), national security"),
                            (
                                "5.202(a)(2)",
                                "5.202(a)(2), unusual and compelling urgency",
                            ),
                            (
                                "5.202(a)(4)",
                                "5.202(a)(4), a source that a statute requires",
                            ),
                            ("5.202(a)(6)", "5.202(a)(6), an order under a contract"),
                            ("5.202(a)(12)", "5.202(a)(12), made and performed abroad"),
                            (
                                "5.202(a)(13)",
                                "5.202(a)(13), simplified acquisition answered electronically",
                            ),
                            (
                                "5.202(b)",
                                "5.202(b), determination of the head of the agency",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "required_attachments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        help_text="Codes of the papers that every offer brings along.",
                        size=None,
                    ),
                ),
                ("workload_sha256", models.CharField(blank=True, max_length=64)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="solicitations",
                        to="accounts.membership",
                    ),
                ),
                (
                    "copied_from",
                    models.ForeignKey(
                        blank=True,
                        help_text="The package that it was started from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "from_template",
                    models.ForeignKey(
                        blank=True,
                        help_text="The template that it was started from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="solicitations.solicitationtemplate",
                    ),
                ),
                (
                    "editor_user_ids",
                    models.JSONField(
                        default=list,
                        help_text="Everybody who wrote any part; none may approve it.",
                    ),
                ),
                ("cancel_reason", models.TextField(blank=True)),
                (
                    "no_award_reason",
                    models.TextField(
                        blank=True,
                        help_text="Why every offer was rejected, as everybody reads it.",
                    ),
                ),
                (
                    "awarded_at",
                    models.DateTimeField(
                        blank=True, help_text="When it led to an award.", null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("IN_REVIEW", "in review"),
                            ("APPROVED", "approved for release"),
                            ("RELEASED", "released"),
                            ("OPENED", "offers opened"),
                            ("AWARDED", "awarded"),
                            ("NO_AWARD", "closed without an award"),
                            ("CANCELLED", "cancelled"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["DRAFT", "IN_REVIEW", "APPROVED", "DISCARDED"],
                            ),
                            models.Q(
                                ("deadline__isnull", False), ("piid__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="a_released_solicitation_has_a_number_and_a_deadline",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CANCELLED"), _negated=True),
                            models.Q(("cancel_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_cancelled_solicitation_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "NO_AWARD"), _negated=True),
                            models.Q(("no_award_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_solicitation_that_ends_without_an_award_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_dollars__gte", 0),
                            ("maximum_dollars__gte", 0),
                            ("maximum_tokens__gte", 0),
                        ),
                        name="a_solicitation_asks_for_no_negative_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_awards__gte", 1)),
                        name="a_solicitation_intends_at_least_one_award",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offer_valid_days__isnull", True),
                            ("offer_valid_days__gte", 1),
                            _connector="OR",
                        ),
                        name="an_offer_stays_open_for_at_least_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("most_characters__isnull", True),
                                ("most_characters__gte", 1),
                                _connector="OR",
                            ),
                            models.Q(
                                ("most_files__isnull", True),
                                ("most_files__gte", 1),
                                _connector="OR",
                            ),
                            models.Q(
                                ("most_megabytes__isnull", True),
                                ("most_megabytes__gte", 1),
                                _connector="OR",
                            ),
                            models.Q(
                                ("most_pages__isnull", True),
                                ("most_pages__gte", 1),
                                _connector="OR",
                            ),
                        ),
                        name="a_limit_of_offers_leaves_room_for_an_offer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("smallest_order_dollars__isnull", True),
                                ("largest_order_dollars__isnull", True),
                                (
                                    "largest_order_dollars__gte",
                                    models.F("smallest_order_dollars"),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("order_series_days__isnull", True),
                                ("order_series_days__gte", 1),
                                _connector="OR",
                            ),
                            models.Q(
                                ("smallest_order_dollars__isnull", True),
                                ("smallest_order_dollars__gt", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("largest_item_dollars__isnull", True),
                                ("largest_item_dollars__gt", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("largest_order_dollars__isnull", True),
                                ("largest_order_dollars__gt", 0),
                                _connector="OR",
                            ),
                        ),
                        name="a_solicitation_leaves_room_for_an_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("alternates_taken__lte", 20)),
                        name="a_solicitation_takes_twenty_alternates_of_a_vendor_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("copied_from__isnull", True),
                            ("from_template__isnull", True),
                            _connector="OR",
                        ),
                        name="a_package_starts_from_one_other_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "RFQ"), ("late_rule", False), _connector="OR"
                        ),
                        name="only_a_request_for_quotations_says_whether_lateness_binds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="accounts.organization",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="accounts.membership",
                    ),
                ),
                ("text", models.TextField()),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="solicitations.question",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "changes_terms",
                    models.BooleanField(
                        help_text="An answer that changes terms is released only with an amendment."
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("answered_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AnswerRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer_releases",
                        to="solicitations.solicitation",
                    ),
                ),
                ("released_at", models.DateTimeField()),
                (
                    "answers",
                    models.ManyToManyField(
                        related_name="releases", to="solicitations.answer"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SolicitationLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="solicitations.solicitation",
                    ),
                ),
                ("clin", models.CharField(max_length=4, verbose_name="CLIN")),
                ("slin", models.CharField(max_length=6, verbose_name="SLIN")),
                ("description", models.CharField(max_length=200)),
                (
                    "token_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.tokenclass",
                    ),
                ),
                ("tier", models.CharField(default="STANDARD", max_length=20)),
                ("context_band", models.CharField(default="ALL", max_length=20)),
                ("boundary", models.CharField(default="FEDRAMP_MOD", max_length=20)),
                (
                    "workload_tokens",
                    models.BigIntegerField(
                        help_text="Tokens of this line in the published reference workload."
                    ),
                ),
                (
                    "is_removed",
                    models.BooleanField(
                        default=False,
                        help_text="No longer asked for, or replaced by a later row.",
                    ),
                ),
                (
                    "since_version",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="The version of the package that brought the row.",
                    ),
                ),
                (
                    "until_version",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="The last version in which the row stood.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_removed", False)),
                        fields=("solicitation", "slin"),
                        name="a_line_number_is_used_once_in_a_solicitation",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_removed", False)),
                        fields=(
                            "solicitation",
                            "clin",
                            "token_class",
                            "tier",
                            "context_band",
                            "boundary",
                        ),
                        name="two_lines_of_a_clin_never_ask_for_the_same_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_removed", True),
                            ("slin__regex", "^[0-9]{4}([A-HJ-NP-Z]{2})?$"),
                            _connector="OR",
                        ),
                        name="an_informational_line_is_never_priced",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("workload_tokens__gte", 0)),
                        name="a_reference_workload_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factors",
                        to="solicitations.solicitation",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("description", models.TextField()),
                ("is_price", models.BooleanField(default=False)),
                ("is_removed", models.BooleanField(default=False)),
                (
                    "since_version",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="The version of the package that brought the row.",
                    ),
                ),
                (
                    "until_version",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="The last version in which the row stood.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_removed", False)),
                        fields=("solicitation", "position"),
                        name="a_factor_has_its_own_position",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SolicitationClause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clauses",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "clause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.clause",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("solicitation", "clause"),
                        name="a_clause_stands_once_in_a_solicitation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendments",
                        to="solicitations.solicitation",
                    ),
                ),
                ("number", models.CharField(max_length=4)),
                ("summary", models.TextField()),
                ("changes", models.JSONField(help_text="[{term, old, new}, …]")),
                ("old_deadline", models.DateTimeField()),
                ("new_deadline", models.DateTimeField()),
                ("version", models.PositiveIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("issued_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("solicitation", "number"),
                        name="an_amendment_number_is_used_once_in_a_solicitation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("issued_at__lt", models.F("old_deadline")),
                            ("new_deadline__gt", models.F("issued_at")),
                        ),
                        name="an_amendment_is_issued_before_the_deadline_it_moves",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="solicitationtemplate",
            name="kept_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="templates",
                to="solicitations.solicitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitationtemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agency__isnull", False),
                        ("kept_by__isnull", False),
                        ("kept_from__isnull", False),
                    ),
                    models.Q(
                        ("agency__isnull", True),
                        ("kept_by__isnull", True),
                        ("kept_from__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_template_is_an_agencys_or_came_with_the_system",
            ),
        ),
    ]
