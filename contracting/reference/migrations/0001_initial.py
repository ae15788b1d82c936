import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="TokenClass",
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
                ("code", models.CharField(max_length=30, unique=True)),
                ("label", models.CharField(max_length=80)),
                (
                    "direction",
                    models.CharField(
                        choices=[("INPUT", "input"), ("OUTPUT", "output")],
                        max_length=10,
                    ),
                ),
                (
                    "cache_action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "does not apply"),
                            ("UNCACHED", "uncached"),
                            ("READ", "read from the cache"),
                            ("WRITE", "written to the cache"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "cache_ttl",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "does not apply"),
                            ("5M", "5 minutes"),
                            ("30M", "30 minutes"),
                            ("1H", "1 hour"),
                            ("12H", "12 hours"),
                            ("UNSPEC", "unspecified"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "modality",
                    models.CharField(
                        choices=[
                            ("TEXT", "text"),
                            ("IMAGE", "image"),
                            ("AUDIO", "audio"),
                            ("VIDEO", "video"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("PROMPT", "prompt"),
                            ("TOOL", "tool use"),
                            ("EMBEDDING", "embedding"),
                            ("TRAINING", "fine-tuning"),
                            ("RESPONSE", "response"),
                            ("REASONING", "reasoning"),
                            ("REJECTED", "rejected prediction"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "direction",
                            "cache_action",
                            "cache_ttl",
                            "modality",
                            "phase",
                        ),
                        name="a_token_lies_in_exactly_one_class",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("direction", "INPUT"),
                                models.Q(("cache_action", ""), _negated=True),
                            ),
                            models.Q(
                                ("cache_action", ""),
                                ("cache_ttl", ""),
                                ("direction", "OUTPUT"),
                            ),
                            _connector="OR",
                        ),
                        name="only_input_is_cached",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cache_action", "WRITE"),
                                models.Q(("cache_ttl", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("cache_action", "WRITE"), _negated=True),
                                ("cache_ttl", ""),
                            ),
                            _connector="OR",
                        ),
                        name="only_a_write_to_the_cache_has_a_lifetime",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tokenizer",
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
                ("code", models.CharField(max_length=60, unique=True)),
                ("vendor_name", models.CharField(max_length=120)),
                ("description", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AiModel",
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
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        db_index=True,
                        help_text="The model as it is talked about.",
                        max_length=80,
                    ),
                ),
                (
                    "snapshot",
                    models.CharField(
                        help_text="The dated version that never changes.",
                        max_length=120,
                        unique=True,
                    ),
                ),
                (
                    "provider",
                    models.CharField(help_text="Who developed it.", max_length=60),
                ),
                ("family", models.CharField(max_length=60)),
                (
                    "tokenizer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="models",
                        to="reference.tokenizer",
                    ),
                ),
                ("max_output_tokens", models.PositiveIntegerField()),
                ("context_tokens", models.PositiveIntegerField()),
                (
                    "boundaries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("COMMERCIAL", "commercial"),
                                ("FEDRAMP_MOD", "FedRAMP Moderate"),
                                ("FEDRAMP_HIGH", "FedRAMP High"),
                                ("IL5", "Impact Level 5"),
                                ("ONPREM", "on premises"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Data boundaries for which its use is authorized.",
                        size=None,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ModelAlias",
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
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                (
                    "source_name",
                    models.CharField(
                        help_text="Exactly as it arrives.", max_length=160
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="reference.aimodel",
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for every agency that has no alias of its own.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="model_aliases",
                        to="accounts.organization",
                    ),
                ),
                (
                    "recorded_by",
                    models.CharField(help_text="Who mapped it.", max_length=160),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("source_name", "="),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("agency_id"), models.Value(0)
                                ),
                                "=",
                            ),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="a_name_stands_for_one_model_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Threshold",
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
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=200)),
                ("value", models.DecimalField(decimal_places=4, max_digits=18)),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("USD", "dollars"),
                            ("DAYS", "days"),
                            ("BUSINESS_DAYS", "business days"),
                            ("MONTHS", "months"),
                            ("YEARS", "years"),
                            ("HOURS", "hours"),
                            ("PERCENT", "percent"),
                            ("PERCENT_PER_YEAR", "percent a year"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("FAR", "Federal Acquisition Regulation"),
                            ("RFO", "Revolutionary FAR Overhaul, deviation text"),
                            ("STATUTE", "statute"),
                            ("REGULATION", "regulation other than the FAR"),
                            ("AGENCY", "agency policy"),
                            ("CONTRACT", "contract term"),
                        ],
                        max_length=12,
                    ),
                ),
                ("citation", models.CharField(max_length=200)),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("HIGH", "high"),
                            ("MEDIUM", "medium"),
                            ("LOW", "low"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="a_threshold_has_one_value_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)),
                        name="a_threshold_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Clause",
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
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=250)),
                (
                    "summary",
                    models.TextField(help_text="What it asks for, in our own words."),
                ),
                (
                    "is_provision",
                    models.BooleanField(
                        default=False, help_text="Holds before award only (FAR 2.101)."
                    ),
                ),
                (
                    "required_for",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("SOLICITATION", "solicitation"),
                                ("CONTRACT", "contract"),
                                ("ORDER", "task order"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        help_text="The papers that carry it.",
                        size=None,
                    ),
                ),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("FAR", "Federal Acquisition Regulation"),
                            ("RFO", "Revolutionary FAR Overhaul, deviation text"),
                            ("STATUTE", "statute"),
                            ("REGULATION", "regulation other than the FAR"),
                            ("AGENCY", "agency policy"),
                            ("CONTRACT", "contract term"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("number", "="),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="a_clause_has_one_version_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Prescription",
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
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                ("clause_number", models.CharField(max_length=40)),
                (
                    "above",
                    models.CharField(
                        blank=True,
                        help_text="Code of the threshold above which it applies; empty: any value.",
                        max_length=60,
                    ),
                ),
                (
                    "procedure",
                    models.CharField(
                        blank=True,
                        help_text="Empty: whatever the procedure.",
                        max_length=12,
                    ),
                ),
                (
                    "is_set_aside",
                    models.BooleanField(
                        blank=True,
                        help_text="Empty: whether set aside or not.",
                        null=True,
                    ),
                ),
                (
                    "is_multiple_award",
                    models.BooleanField(
                        blank=True,
                        help_text="Empty: however many awards are intended.",
                        null=True,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("citation", models.CharField(max_length=200)),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("FAR", "Federal Acquisition Regulation"),
                            ("RFO", "Revolutionary FAR Overhaul, deviation text"),
                            ("STATUTE", "statute"),
                            ("REGULATION", "regulation other than the FAR"),
                            ("AGENCY", "agency policy"),
                            ("CONTRACT", "contract term"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("above", ""), _negated=True),
                            models.Q(("procedure", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_prescription_gives_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AttachmentKind",
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
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("label", models.CharField(max_length=120)),
                (
                    "summary",
                    models.TextField(help_text="What it tells, in our own words."),
                ),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("FAR", "Federal Acquisition Regulation"),
                            ("RFO", "Revolutionary FAR Overhaul, deviation text"),
                            ("STATUTE", "statute"),
                            ("REGULATION", "regulation other than the FAR"),
                            ("AGENCY", "agency policy"),
                            ("CONTRACT", "contract term"),
                        ],
                        max_length=12,
                    ),
                ),
                ("citation", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="an_attachment_is_asked_for_in_one_wording",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
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
                    "valid_from",
                    models.DateField(help_text="First day on which it is in force."),
                ),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
                ("rule_id", models.CharField(max_length=12)),
                ("sentence", models.TextField()),
                ("lift", models.TextField(help_text="What can be done instead.")),
                ("citation", models.CharField(max_length=200)),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("FAR", "Federal Acquisition Regulation"),
                            ("RFO", "Revolutionary FAR Overhaul, deviation text"),
                            ("STATUTE", "statute"),
                            ("REGULATION", "regulation other than the FAR"),
                            ("AGENCY", "agency policy"),
                            ("CONTRACT", "contract term"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("rule_id", "="),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="a_rule_has_one_wording_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
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
                ("day", models.DateField(unique=True)),
                ("name", models.CharField(max_length=120)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ListPrice",
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
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_prices",
                        to="reference.aimodel",
                    ),
                ),
                (
                    "token_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_prices",
                        to="reference.tokenclass",
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("STANDARD", "standard"),
                            ("BATCH", "batch"),
                            ("PRIORITY", "priority"),
                            ("FLEX", "flex"),
                            ("PROVISIONED", "provisioned"),
                        ],
                        default="STANDARD",
                        max_length=20,
                    ),
                ),
                (
                    "above_input_tokens",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Holds for requests with more input tokens than this.",
                    ),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                ("package_version", models.CharField(max_length=40)),
                ("imported_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "model",
                            "token_class",
                            "tier",
                            "above_input_tokens",
                            "package_version",
                        ),
                        name="a_release_states_a_list_price_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gte", 0)),
                        name="a_list_price_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Counter",
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
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counters",
                        to="accounts.organization",
                    ),
                ),
                (
                    "aac",
                    models.CharField(
                        max_length=6, verbose_name="activity address code"
                    ),
                ),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(help_text="Four digits."),
                ),
                (
                    "type",
                    models.CharField(
                        help_text="Ninth character of the PIID.", max_length=1
                    ),
                ),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("aac", "fiscal_year", "type"),
                        name="an_office_counts_each_type_once_a_year",
                    )
                ],
            },
        ),
    ]
