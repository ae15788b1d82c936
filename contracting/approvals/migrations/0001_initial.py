import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Policy",
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
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_policies",
                        to="accounts.organization",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        help_text="What it routes, such as task_order.", max_length=40
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "min_value_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Applies from this value on, US dollars.",
                        max_digits=18,
                    ),
                ),
                (
                    "risk",
                    models.CharField(
                        blank=True,
                        help_text="Only for this risk; empty for every risk.",
                        max_length=20,
                    ),
                ),
                ("valid_from", models.DateField()),
                (
                    "valid_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which it is in force.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("min_value_dollars__gte", 0)),
                        name="a_policy_starts_at_a_value_of_zero_or_more",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="a_policy_ends_after_it_begins",
                    ),
                    models.UniqueConstraint(
                        fields=(
                            "agency",
                            "kind",
                            "min_value_dollars",
                            "risk",
                            "valid_from",
                        ),
                        name="one_policy_for_a_kind_value_and_risk_from_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyStep",
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
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="Steps of one position run side by side, positions one after another."
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("CONTRACTING_OFFICER", "contracting officer"),
                            ("CONTRACT_SPECIALIST", "contract specialist"),
                            ("PROGRAM_MANAGER", "program manager"),
                            ("REVIEWER", "reviewer"),
                            ("EVALUATOR", "evaluator"),
                            (
                                "SOURCE_SELECTION_AUTHORITY",
                                "source selection authority",
                            ),
                            ("COR", "contracting officer's representative"),
                            ("FUNDS_CERTIFIER", "funds certifier"),
                            ("PAYMENT_CERTIFIER", "payment certifier"),
                            ("AUDITOR", "auditor"),
                            ("ADMINISTRATOR", "administrator"),
                            ("VENDOR_MEMBER", "vendor member"),
                            ("VENDOR_SIGNER", "vendor signer"),
                            ("VENDOR_ADMINISTRATOR", "vendor administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "review_field",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TECHNICAL", "technical"),
                            ("LEGAL", "legal"),
                            ("SECURITY", "security"),
                            ("FINANCE", "finance"),
                            ("SMALL_BUSINESS", "small business"),
                            ("COMPETITION", "competition advocate"),
                            ("ACTIVITY_HEAD", "head of activity"),
                            ("EXECUTIVE", "procurement executive"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "need",
                    models.CharField(
                        choices=[("ALL", "all"), ("ANY", "any one"), ("N", "a number")],
                        default="ANY",
                        max_length=3,
                    ),
                ),
                (
                    "needed",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many decisions, where the need is a number.",
                    ),
                ),
                (
                    "working_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Federal working days in which it is decided; empty for no limit.",
                        null=True,
                    ),
                ),
                (
                    "escalates_to",
                    models.CharField(
                        choices=[
                            ("CONTRACTING_OFFICER", "contracting officer"),
                            ("CONTRACT_SPECIALIST", "contract specialist"),
                            ("PROGRAM_MANAGER", "program manager"),
                            ("REVIEWER", "reviewer"),
                            ("EVALUATOR", "evaluator"),
                            (
                                "SOURCE_SELECTION_AUTHORITY",
                                "source selection authority",
                            ),
                            ("COR", "contracting officer's representative"),
                            ("FUNDS_CERTIFIER", "funds certifier"),
                            ("PAYMENT_CERTIFIER", "payment certifier"),
                            ("AUDITOR", "auditor"),
                            ("ADMINISTRATOR", "administrator"),
                            ("VENDOR_MEMBER", "vendor member"),
                            ("VENDOR_SIGNER", "vendor signer"),
                            ("VENDOR_ADMINISTRATOR", "vendor administrator"),
                        ],
                        default="CONTRACTING_OFFICER",
                        help_text="Who is told when the days are over, or nobody is left to decide.",
                        max_length=30,
                    ),
                ),
                (
                    "looks_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Words of the terms that it looks at; empty for every term.",
                        size=None,
                    ),
                ),
                (
                    "is_independent",
                    models.BooleanField(
                        default=False,
                        help_text="Who decides does not see what the others said before.",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="approvals.policy",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("policy", "position", "role", "review_field"),
                        name="a_policy_asks_a_role_once_at_a_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needed__gte", 1)),
                        name="a_policy_step_needs_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Route",
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
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("stream", models.CharField(max_length=80)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_routes",
                        to="accounts.organization",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routes",
                        to="approvals.policy",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("url_path", models.CharField(max_length=300)),
                ("value_dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                ("risk", models.CharField(blank=True, max_length=20)),
                ("version", models.PositiveIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "open"),
                            ("COMPLETE", "complete"),
                            ("RETURNED", "returned"),
                            ("VOIDED", "void"),
                        ],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
                ("submitted_by_user_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "excluded_user_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        help_text="Persons who made it and may not decide on it, in any capacity.",
                        size=None,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "OPEN")),
                        fields=["agency"],
                        name="open_routes_of_an_agency",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "OPEN")),
                        fields=("subject_kind", "subject_id"),
                        name="a_subject_has_one_open_route",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["OPEN", "COMPLETE", "RETURNED", "VOIDED"])
                        ),
                        name="a_route_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "VOIDED"), _negated=True),
                            models.Q(("void_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_void_route_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
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
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="Steps of one position run side by side, positions one after another."
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("CONTRACTING_OFFICER", "contracting officer"),
                            ("CONTRACT_SPECIALIST", "contract specialist"),
                            ("PROGRAM_MANAGER", "program manager"),
                            ("REVIEWER", "reviewer"),
                            ("EVALUATOR", "evaluator"),
                            (
                                "SOURCE_SELECTION_AUTHORITY",
                                "source selection authority",
                            ),
                            ("COR", "contracting officer's representative"),
                            ("FUNDS_CERTIFIER", "funds certifier"),
                            ("PAYMENT_CERTIFIER", "payment certifier"),
                            ("AUDITOR", "auditor"),
                            ("ADMINISTRATOR", "administrator"),
                            ("VENDOR_MEMBER", "vendor member"),
                            ("VENDOR_SIGNER", "vendor signer"),
                            ("VENDOR_ADMINISTRATOR", "vendor administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "review_field",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TECHNICAL", "technical"),
                            ("LEGAL", "legal"),
                            ("SECURITY", "security"),
                            ("FINANCE", "finance"),
                            ("SMALL_BUSINESS", "small business"),
                            ("COMPETITION", "competition advocate"),
                            ("ACTIVITY_HEAD", "head of activity"),
                            ("EXECUTIVE", "procurement executive"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "need",
                    models.CharField(
                        choices=[("ALL", "all"), ("ANY", "any one"), ("N", "a number")],
                        default="ANY",
                        max_length=3,
                    ),
                ),
                (
                    "needed",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="How many decisions, where the need is a number.",
                    ),
                ),
                (
                    "working_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Federal working days in which it is decided; empty for no limit.",
                        null=True,
                    ),
                ),
                (
                    "escalates_to",
                    models.CharField(
                        choices=[
                            ("CONTRACTING_OFFICER", "contracting officer"),
                            ("CONTRACT_SPECIALIST", "contract specialist"),
                            ("PROGRAM_MANAGER", "program manager"),
                            ("REVIEWER", "reviewer"),
                            ("EVALUATOR", "evaluator"),
                            (
                                "SOURCE_SELECTION_AUTHORITY",
                                "source selection authority",
                            ),
                            ("COR", "contracting officer's representative"),
                            ("FUNDS_CERTIFIER", "funds certifier"),
                            ("PAYMENT_CERTIFIER", "payment certifier"),
                            ("AUDITOR", "auditor"),
                            ("ADMINISTRATOR", "administrator"),
                            ("VENDOR_MEMBER", "vendor member"),
                            ("VENDOR_SIGNER", "vendor signer"),
                            ("VENDOR_ADMINISTRATOR", "vendor administrator"),
                        ],
                        default="CONTRACTING_OFFICER",
                        help_text="Who is told when the days are over, or nobody is left to decide.",
                        max_length=30,
                    ),
                ),
                (
                    "looks_at",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        help_text="Words of the terms that it looks at; empty for every term.",
                        size=None,
                    ),
                ),
                (
                    "is_independent",
                    models.BooleanField(
                        default=False,
                        help_text="Who decides does not see what the others said before.",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="approvals.route",
                    ),
                ),
                (
                    "member_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        help_text="Where all must decide: the memberships that were asked.",
                        size=None,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("route", "position", "role", "review_field"),
                        name="a_route_asks_a_role_once_at_a_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needed__gte", 1)),
                        name="a_step_needs_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="approvals.step",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="approvals.route",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_decisions",
                        to="accounts.membership",
                    ),
                ),
                (
                    "by_user_id",
                    models.BigIntegerField(
                        help_text="The person, whatever their seat."
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_decisions_by_delegates",
                        to="accounts.membership",
                    ),
                ),
                (
                    "seat_membership_id",
                    models.BigIntegerField(
                        help_text="Whose seat the decision fills: the delegator's, or the person's own."
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("CONCUR", "concurs"),
                            ("NONCONCUR", "does not concur"),
                            ("RETURN", "returns it"),
                            ("ABSTAIN", "abstains"),
                        ],
                        max_length=10,
                    ),
                ),
                ("comment", models.TextField(blank=True)),
                ("version", models.PositiveIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        help_text="The decision on an earlier version that no change has touched.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_to",
                        to="approvals.decision",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("route", "by_user_id"),
                        name="a_person_decides_once_on_a_route",
                    ),
                    models.UniqueConstraint(
                        fields=("step", "seat_membership_id"),
                        name="a_seat_is_filled_once_in_a_step",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "CONCUR"),
                            models.Q(("comment", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="who_does_not_concur_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disposition",
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
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disposition",
                        to="approvals.decision",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_dispositions",
                        to="accounts.membership",
                    ),
                ),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="a_disposition_has_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
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
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="approvals.step",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("DAYS", "its working days are over"),
                            ("NOBODY", "nobody is left who may decide"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "told_role",
                    models.CharField(
                        choices=[
                            ("CONTRACTING_OFFICER", "contracting officer"),
                            ("CONTRACT_SPECIALIST", "contract specialist"),
                            ("PROGRAM_MANAGER", "program manager"),
                            ("REVIEWER", "reviewer"),
                            ("EVALUATOR", "evaluator"),
                            (
                                "SOURCE_SELECTION_AUTHORITY",
                                "source selection authority",
                            ),
                            ("COR", "contracting officer's representative"),
                            ("FUNDS_CERTIFIER", "funds certifier"),
                            ("PAYMENT_CERTIFIER", "payment certifier"),
                            ("AUDITOR", "auditor"),
                            ("ADMINISTRATOR", "administrator"),
                            ("VENDOR_MEMBER", "vendor member"),
                            ("VENDOR_SIGNER", "vendor signer"),
                            ("VENDOR_ADMINISTRATOR", "vendor administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "due_on",
                    models.DateField(
                        blank=True,
                        help_text="The last working day that it had.",
                        null=True,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("step", "why"),
                        name="a_step_is_escalated_once_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Override",
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
                ("rule", models.CharField(max_length=12)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="accounts.organization",
                    ),
                ),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("stream", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                ("url_path", models.CharField(max_length=300)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="accounts.membership",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("CONTRACTING_OFFICER", "contracting officer"),
                            ("CONTRACT_SPECIALIST", "contract specialist"),
                            ("PROGRAM_MANAGER", "program manager"),
                            ("REVIEWER", "reviewer"),
                            ("EVALUATOR", "evaluator"),
                            (
                                "SOURCE_SELECTION_AUTHORITY",
                                "source selection authority",
                            ),
                            ("COR", "contracting officer's representative"),
                            ("FUNDS_CERTIFIER", "funds certifier"),
                            ("PAYMENT_CERTIFIER", "payment certifier"),
                            ("AUDITOR", "auditor"),
                            ("ADMINISTRATOR", "administrator"),
                            ("VENDOR_MEMBER", "vendor member"),
                            ("VENDOR_SIGNER", "vendor signer"),
                            ("VENDOR_ADMINISTRATOR", "vendor administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "warrant_number",
                    models.CharField(
                        blank=True,
                        help_text="Of the warrant in force that day, if any.",
                        max_length=40,
                    ),
                ),
                ("reason_code", models.CharField(max_length=60)),
                ("words", models.TextField()),
                ("citation", models.CharField(max_length=200)),
                ("document_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "second_approver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides_approved",
                        to="accounts.membership",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["stream"], name="overrides_in_a_stream")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rule__in",
                                [
                                    "R-AI-01",
                                    "R-AI-02",
                                    "R-AWD-04",
                                    "R-AWD-05",
                                    "R-AWD-06",
                                    "R-AWD-07",
                                    "R-EVL-02",
                                    "R-EVL-05",
                                    "R-EVL-08",
                                    "R-EVL-09",
                                    "R-FND-03",
                                    "R-FND-05",
                                    "R-FND-06",
                                    "R-FND-07",
                                    "R-FND-08",
                                    "R-FND-10",
                                    "R-FND-11",
                                    "R-FND-12",
                                    "R-MOD-04",
                                    "R-MOD-07",
                                    "R-MOD-08",
                                    "R-MOD-09",
                                    "R-MOD-11",
                                    "R-OPT-01",
                                    "R-OPT-04",
                                    "R-PAY-04",
                                    "R-REC-01",
                                    "R-REC-03",
                                    "R-ROL-03",
                                    "R-SOL-03",
                                    "R-SOL-04",
                                    "R-SOL-07",
                                    "R-SOL-08",
                                    "R-SOL-09",
                                    "R-SOL-11",
                                    "R-SOL-12",
                                    "R-SUB-02",
                                    "R-SUB-05",
                                    "R-SUB-06",
                                    "R-SUB-08",
                                    "R-TO-03",
                                    "R-TO-06",
                                    "R-TO-09",
                                    "R-TO-11",
                                    "R-TO-12",
                                ],
                            )
                        ),
                        name="only_a_rule_that_knows_an_override_is_overridden",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="an_override_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_approver__isnull", True),
                            models.Q(
                                ("second_approver", models.F("membership")),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="who_overrides_is_not_their_own_second_approver",
                    ),
                ],
            },
        ),
    ]
