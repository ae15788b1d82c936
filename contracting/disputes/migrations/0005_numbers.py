"""A dispute has a number below its order, a claim below its contract."""

from django.db import migrations, models

from contracting.core.triggers import number_below


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0004_claim_charges"),
        ("orders", "0011_letters_and_ratified_use"),
        ("contracts", "0021_contractor_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="disputecase",
            name="number",
            field=models.CharField(
                default="",
                help_text="75D30127F00001-DSP1, by its order.",
                max_length=40,
            ),
            preserve_default=False,
        ),
        number_below(
            "disputes_disputecase",
            "DSP",
            """SELECT disputes_disputecase.id, coalesce(piid, orders_taskorder.public_id) AS piid
            FROM disputes_disputecase JOIN orders_taskorder ON orders_taskorder.id = order_id""",
        ),
        migrations.AddConstraint(
            model_name="disputecase",
            constraint=models.UniqueConstraint(
                fields=("number",), name="a_dispute_has_a_number_of_its_own"
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="number",
            field=models.CharField(
                default="",
                help_text="75D30127D00001-CLM1, by its contract.",
                max_length=40,
            ),
            preserve_default=False,
        ),
        number_below(
            "disputes_claim",
            "CLM",
            """SELECT disputes_claim.id, coalesce(piid, contracts_contract.public_id) AS piid
            FROM disputes_claim
            JOIN contracts_contract ON contracts_contract.id = contract_id""",
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                fields=("number",), name="a_claim_has_a_number_of_its_own"
            ),
        ),
    ]
