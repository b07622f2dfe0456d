"""The time for comments, why there was none, and the rows that everybody may sum."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("ratings", "0002_snapshot_signature")]

    operations = [
        migrations.AddField(
            model_name="ratingsnapshot",
            name="comments_from",
            field=models.DateTimeField(blank=True, null=True, verbose_name="comments from"),
        ),
        migrations.AddField(
            model_name="ratingsnapshot",
            name="comments_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="comments until"),
        ),
        migrations.AddField(
            model_name="ratingsnapshot",
            name="rows",
            field=models.BinaryField(
                db_default=b"", default=bytes, editable=False, verbose_name="rows"
            ),
        ),
        migrations.AddField(
            model_name="ratingsnapshot",
            name="waiver",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Everybody reads this.",
                verbose_name="why there was no time for comments",
            ),
        ),
        AddConstraintNotValid(
            model_name="ratingsnapshot",
            constraint=models.CheckConstraint(
                condition=Q(comments_from=None, comments_until=None)
                | Q(comments_until__gt=F("comments_from")),
                name="snapshot_comments_have_an_end",
            ),
        ),
        AddConstraintNotValid(
            model_name="ratingsnapshot",
            constraint=models.CheckConstraint(
                condition=Q(published_at=None)
                | ~Q(waiver="")
                | Q(published_at__gte=F("comments_until")),
                name="snapshot_heard_before_published",
            ),
        ),
    ]
