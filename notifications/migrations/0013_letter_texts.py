"""Staff may change the texts of letters; every version is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0012_telegram"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("template", models.CharField(max_length=120, verbose_name="letter")),
                (
                    "language",
                    models.CharField(
                        choices=[("ru", "Русский"), ("en", "English")],
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "from_file",
                    models.BooleanField(default=False, verbose_name="the portal's own text"),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("body", models.TextField(blank=True, max_length=5000, verbose_name="text")),
                (
                    "button",
                    models.CharField(blank=True, max_length=60, verbose_name="words on the button"),
                ),
                (
                    "short",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        verbose_name="in short, for SMS and notifications",
                    ),
                ),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a letter",
                "verbose_name_plural": "texts of letters",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "language", "number"), name="letter_text_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_file", True),
                            models.Q(
                                models.Q(("subject", ""), _negated=True),
                                models.Q(("body", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="letter_text_is_whole",
                    ),
                ],
            },
        ),
    ]
