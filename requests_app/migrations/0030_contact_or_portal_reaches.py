"""A contact may be empty where an outside portal answers the person."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    # The new one lets in all that the old one did; contacts without e-mail and phone are new rows.
    accepted_by_hand = ("ban-drop-constraint",)
    dependencies = [("requests_app", "0029_outside_exchange")]
    operations = [
        migrations.AlterField(
            model_name="request",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Website"),
                    ("api", "API"),
                    ("phone", "Phone"),
                    ("reception", "Personal reception"),
                    ("open311", "Open311"),
                    ("pos", "Gosuslugi. We decide together"),
                    ("gis_zhkh", "ГИС ЖКХ"),
                ],
                default="web",
                editable=False,
                max_length=12,
                verbose_name="channel",
            ),
        ),
        AddConstraintNotValid(
            model_name="requestcontact",
            constraint=models.CheckConstraint(
                condition=~models.Q(email="")
                | ~models.Q(phone="")
                | models.Q(consent_version__in=["59-FZ", "209-FZ"]),
                name="contact_or_portal_reaches",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("requestcontact", "contact_reaches_somebody")
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE requests_app_requestcontact"
                    " DROP CONSTRAINT contact_reaches_somebody",
                    "ALTER TABLE requests_app_requestcontact"
                    " ADD CONSTRAINT contact_reaches_somebody"
                    " CHECK (email <> '' OR phone <> '') NOT VALID",
                )
            ],
        ),
    ]
