from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0004_tier_thresholds")]

    operations = [
        migrations.AlterField(
            model_name="resolution",
            name="code",
            field=models.CharField(
                choices=[
                    ("accept-A", "our meter's count is right"),
                    ("credit", "credited: not paid on this invoice"),
                    ("rebill", "the invoice goes back and is sent anew"),
                    ("withdrawn", "withdrawn by the vendor"),
                    ("arrived", "closed on arrival of the late rows"),
                    ("explained", "explained by usage or reports that came later"),
                    ("superseded", "found anew with other figures"),
                ],
                max_length=12,
            ),
        ),
    ]
