import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
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
                        related_name="letters",
                        to="contracts.contract",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("STOP_WORK", "stop-work order"),
                            ("RESUME_WORK", "order to resume work"),
                            ("CURE", "cure notice"),
                            ("TERMINATION", "notice of termination"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STOP_WORK", "stop-work order (FAR 42.1303)"),
                            ("PROTEST", "protest after award (FAR 52.233-3)"),
                            ("BAN", "a ban on the vendor or model"),
                            ("SAFETY", "an incident or a risk to the data"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField()),
                (
                    "due_on",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which the vendor may answer.",
                        null=True,
                    ),
                ),
                (
                    "lifts",
                    models.OneToOneField(
                        blank=True,
                        help_text="The stop-work order that an order to resume ends.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lifted_by",
                        to="terminations.letter",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            (
                                "kind__in",
                                ["STOP_WORK", "RESUME_WORK", "CURE", "TERMINATION"],
                            ),
                        ),
                        name="a_letter_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "CURE"), _negated=True),
                            ("due_on__isnull", False),
                            _connector="OR",
                        ),
                        name="a_cure_notice_names_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "RESUME_WORK"), ("lifts__isnull", False)),
                            models.Q(
                                models.Q(("kind", "RESUME_WORK"), _negated=True),
                                ("lifts__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="only_an_order_to_resume_lifts_a_stop",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["STOP_WORK", "RESUME_WORK"]),
                                _negated=True,
                            ),
                            ("order__isnull", False),
                            _connector="OR",
                        ),
                        name="work_is_stopped_and_resumed_under_an_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterReceipt",
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
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipt",
                        to="terminations.letter",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LetterAnswer",
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
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer",
                        to="terminations.letter",
                    ),
                ),
                ("text", models.TextField()),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="an_answer_has_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Termination",
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
                        related_name="terminations",
                        to="contracts.contract",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terminations",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            (
                                "CONVENIENCE",
                                "the Government's convenience (52.212-4(l))",
                            ),
                            ("CAUSE", "cause (52.212-4(m))"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "text",
                    models.TextField(help_text="Why, in the words of the notice."),
                ),
                ("stop_on", models.DateField(help_text="Last day of performance.")),
                (
                    "cure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terminations_for_cause",
                        to="terminations.letter",
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
                ("drafted_at", models.DateTimeField()),
                (
                    "notice",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="termination",
                        to="terminations.letter",
                    ),
                ),
                (
                    "owed",
                    models.JSONField(
                        default=dict, help_text="As it stood at the signature."
                    ),
                ),
                ("proposal_due", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("SIGNED", "signed, not settled"),
                            ("SETTLED", "settled"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "DISCARDED"), _negated=True),
                            ("order__isnull", False),
                        ),
                        fields=("order",),
                        name="an_order_is_terminated_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "DISCARDED"), _negated=True),
                            ("order__isnull", True),
                        ),
                        fields=("contract",),
                        name="a_contract_is_terminated_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ground", "CAUSE"), _negated=True),
                            ("cure__isnull", False),
                            _connector="OR",
                        ),
                        name="a_termination_for_cause_follows_a_cure_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["DRAFT", "DISCARDED"]),
                            models.Q(
                                ("notice__isnull", False),
                                ("proposal_due__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_signed_termination_has_its_notice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SettlementProposal",
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
                    "termination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="terminations.termination",
                    ),
                ),
                ("dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                ("text", models.TextField()),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dollars__gte", 0), models.Q(("text", ""), _negated=True)
                        ),
                        name="a_settlement_is_proposed_in_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
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
                    "termination",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement",
                        to="terminations.termination",
                    ),
                ),
                ("dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "deobligated_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                ("text", models.TextField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deobligated_dollars__gte", 0),
                            ("dollars__gte", 0),
                            models.Q(("text", ""), _negated=True),
                        ),
                        name="a_settlement_is_decided_in_words",
                    )
                ],
            },
        ),
    ]
