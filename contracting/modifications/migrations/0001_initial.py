import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContractModification",
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
                ("number", models.CharField(blank=True, max_length=6)),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("A", "13A change order"),
                            ("B", "13B administrative (FAR 43.103(b))"),
                            ("C", "13C supplemental agreement (FAR 43.103(a))"),
                            ("D", "13D other"),
                        ],
                        max_length=1,
                    ),
                ),
                ("citation", models.CharField(max_length=120)),
                ("description", models.TextField()),
                ("is_within_scope", models.BooleanField(default=True)),
                (
                    "scope",
                    models.TextField(help_text="The scope determination, in words."),
                ),
                ("effective_on", models.DateField()),
                (
                    "changes",
                    models.JSONField(
                        default=list, help_text="[{term, old, new}, …] as signed."
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "vendor_signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("vendor_signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("ISSUED", "issued"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="modifications",
                        to="contracts.contract",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("TERMS", "change of terms"),
                            ("ON_RAMP", "on-ramp of a new model"),
                            ("RATCHET", "lower price by the ratchet clause"),
                        ],
                        default="TERMS",
                        max_length=10,
                    ),
                ),
                (
                    "series",
                    models.CharField(
                        choices=[
                            ("P", "the office that awarded the contract"),
                            ("A", "another office, which administers the contract"),
                        ],
                        default="P",
                        max_length=1,
                    ),
                ),
                (
                    "administering_office",
                    models.CharField(
                        blank=True,
                        help_text="Where it is not the awarding one.",
                        max_length=200,
                    ),
                ),
                ("consideration", models.TextField(blank=True)),
                ("price_memo", models.TextField(blank=True)),
                ("credit_memo", models.TextField(blank=True)),
                (
                    "terms",
                    models.JSONField(
                        default=dict, help_text="New values of terms, by name."
                    ),
                ),
                (
                    "line_ceilings",
                    models.JSONField(default=dict, help_text="New dollars, by CLIN."),
                ),
                ("new_lines", models.JSONField(default=list)),
                (
                    "rates",
                    models.JSONField(
                        default=list, help_text="Prices with their first instant."
                    ),
                ),
                (
                    "base_version",
                    models.PositiveIntegerField(
                        help_text="The version of the contract that this changes."
                    ),
                ),
                (
                    "base_content",
                    models.JSONField(
                        help_text="The contract as it read in that version, to be compared with."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("contract", "number"),
                        name="a_modification_number_is_used_once_on_a_contract",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ISSUED"), _negated=True),
                            models.Q(("number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_contract_modification_has_a_number_once_it_is_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ISSUED"), _negated=True),
                            models.Q(
                                ("issued_at__isnull", False),
                                ("signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_issued_contract_modification_is_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("authority", "C"), ("state", "ISSUED"), _negated=True
                            ),
                            models.Q(
                                ("vendor_signed_at__isnull", False),
                                ("vendor_signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_bilateral_contract_modification_is_signed_by_both",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope", ""), _negated=True),
                        name="a_contract_modification_says_whether_it_is_within_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("administering_office", ""), ("series", "P")),
                            models.Q(
                                ("series", "A"),
                                models.Q(("administering_office", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_contract_modification_of_series_a_names_its_office",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelTerms",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="model_terms",
                        to="contracts.contract",
                    ),
                ),
                (
                    "list_discount_percent",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Off the public list, of new models.",
                        max_digits=5,
                    ),
                ),
                (
                    "ratchet_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Days after a lower public list; none: no such clause.",
                        null=True,
                    ),
                ),
                (
                    "retirement_days",
                    models.PositiveSmallIntegerField(
                        default=180, help_text="Notice before a model is retired."
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="The clause that says so.", max_length=200
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("terms_recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("list_discount_percent__gte", 0),
                            ("list_discount_percent__lte", 100),
                        ),
                        name="a_discount_lies_between_nothing_and_all",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="terms_on_models_name_their_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnRamp",
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
                    "modification",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="on_ramp",
                        to="modifications.contractmodification",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.aimodel",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.aimodel",
                    ),
                ),
                ("corpus", models.CharField(max_length=200)),
                ("corpus_sha256", models.CharField(max_length=64)),
                ("model_tokens", models.BigIntegerField()),
                ("reference_tokens", models.BigIntegerField()),
                ("predecessor_tokens", models.BigIntegerField(default=0)),
                (
                    "counted_by",
                    models.CharField(
                        choices=[
                            ("VENDOR", "vendor's figure"),
                            ("AGENCY", "recounted by the agency"),
                        ],
                        max_length=6,
                    ),
                ),
                ("security_evidence", models.TextField(blank=True)),
                ("security_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "documents",
                    models.JSONField(
                        default=dict, help_text="SHA-256 by kind of paper."
                    ),
                ),
                ("price_exception", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("model_tokens__gt", 0), ("reference_tokens__gt", 0)
                        ),
                        name="an_equivalence_test_counts_a_corpus",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RatchetFinding",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratchet_findings",
                        to="contracts.contract",
                    ),
                ),
                (
                    "rate_row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.raterow",
                    ),
                ),
                (
                    "list_before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.listprice",
                    ),
                ),
                (
                    "list_after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.listprice",
                    ),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="The lower price of the contract.",
                        max_digits=12,
                    ),
                ),
                ("effective_on", models.DateField(help_text="The clause's date.")),
                ("opened_at", models.DateTimeField()),
                (
                    "modification",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratchet",
                        to="modifications.contractmodification",
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "waits for the contracting officer"),
                            ("CONFIRMED", "confirmed"),
                            ("HELD", "held"),
                        ],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rate_row", "list_after"),
                        name="a_fall_of_the_list_is_found_once_for_a_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "HELD"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_held_finding_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CONFIRMED"), _negated=True),
                            ("modification__isnull", False),
                            _connector="OR",
                        ),
                        name="a_confirmed_finding_has_its_modification",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelRetirement",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retirements",
                        to="contracts.contract",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.aimodel",
                    ),
                ),
                (
                    "substitute",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.aimodel",
                    ),
                ),
                (
                    "noticed_on",
                    models.DateField(help_text="The day of the vendor's notice."),
                ),
                (
                    "retires_on",
                    models.DateField(help_text="The last day of the model."),
                ),
                ("required_days", models.PositiveSmallIntegerField()),
                ("words", models.TextField()),
                (
                    "short_notice_accepted",
                    models.TextField(
                        blank=True,
                        help_text="Why the contracting officer accepts a shorter notice.",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("retirement_recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "model", "retires_on"),
                        name="a_retirement_is_recorded_once_for_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="a_retirement_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeRequest",
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
                    "modification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="change_requests",
                        to="modifications.contractmodification",
                    ),
                ),
                ("version", models.PositiveIntegerField(help_text="What it had read.")),
                ("words", models.TextField()),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("requested_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="a_request_for_changes_says_which",
                    )
                ],
            },
        ),
    ]
