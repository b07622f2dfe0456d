import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # A look by the holder of a code has no account; the version before shows such a row without one.
    accepted_by_hand = ("ban-drop-not-null",)
    dependencies = [
        ("accounts", "0006_audit_context_is_kept"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contactlook",
            name="looked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contact_looks",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who looked",
            ),
        ),
        migrations.AlterField(
            model_name="contactlook",
            name="subject",
            field=models.CharField(
                help_text="Kind and number: request:123, court:17",
                max_length=64,
                verbose_name="whose contact",
            ),
        ),
    ]
