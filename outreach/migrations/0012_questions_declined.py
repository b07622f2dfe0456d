"""The experts may decline a question, with a reason; a question says which version was seen."""

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("outreach", "0011_question_takings")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="declined_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="declined"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="decline_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                editable=False,
                max_length=600,
                verbose_name="why it is not answered",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="version",
            field=models.IntegerField(db_default=1, default=1, editable=False),
        ),
        AddConstraintNotValid(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(declined_at=None)
                | (
                    models.Q(answered_at=None)
                    & (~models.Q(decline_reason="") | models.Q(erased_at__isnull=False))
                ),
                name="question_declined_with_reason",
            ),
        ),
        ValidateConstraint(model_name="question", name="question_declined_with_reason"),
        AddIndexConcurrently(
            model_name="question",
            index=models.Index(
                condition=models.Q(answered_at=None, declined_at=None),
                fields=["answer_by", "id"],
                name="question_to_answer",
            ),
        ),
        RemoveIndexConcurrently(model_name="question", name="question_waiting"),
    ]
