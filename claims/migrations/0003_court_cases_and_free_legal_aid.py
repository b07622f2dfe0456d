import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_audit_context_is_kept"),
        ("claims", "0002_public_totals"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="claim",
            name="status",
            field=models.CharField(
                choices=[
                    ("sent", "Application sent"),
                    ("granted", "Granted in full"),
                    ("partly", "Granted in part"),
                    ("refused", "Refused"),
                    ("silent", "No answer in time"),
                    ("pretrial", "Pre-trial claim sent"),
                    ("paid", "Money is on the bill"),
                    ("lawyer", "Handed to a lawyer"),
                    ("lost", "Ended in court without money"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="sent",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="claimaudit",
            name="status",
            field=models.CharField(
                choices=[
                    ("sent", "Application sent"),
                    ("granted", "Granted in full"),
                    ("partly", "Granted in part"),
                    ("refused", "Refused"),
                    ("silent", "No answer in time"),
                    ("pretrial", "Pre-trial claim sent"),
                    ("paid", "Money is on the bill"),
                    ("lawyer", "Handed to a lawyer"),
                    ("lost", "Ended in court without money"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="sent",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="claimevent",
            name="status",
            field=models.CharField(
                choices=[
                    ("sent", "Application sent"),
                    ("granted", "Granted in full"),
                    ("partly", "Granted in part"),
                    ("refused", "Refused"),
                    ("silent", "No answer in time"),
                    ("pretrial", "Pre-trial claim sent"),
                    ("paid", "Money is on the bill"),
                    ("lawyer", "Handed to a lawyer"),
                    ("lost", "Ended in court without money"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.CreateModel(
            name="AidGround",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, verbose_name="code")),
                (
                    "part",
                    models.CharField(
                        choices=[("person", "who asks"), ("matter", "what about")],
                        max_length=8,
                        verbose_name="part",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("federal", "federal law"), ("region", "the region's law")],
                        default="federal",
                        max_length=8,
                        verbose_name="level",
                    ),
                ),
                ("words", models.CharField(max_length=300, verbose_name="as asked on the page")),
                (
                    "papers",
                    models.TextField(blank=True, verbose_name="papers to bring, one a line"),
                ),
                ("clause", models.CharField(max_length=200, verbose_name="clause")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("sure", "Sure"),
                            ("likely", "Likely"),
                            ("check", "To be checked by a lawyer"),
                        ],
                        default="check",
                        max_length=10,
                        verbose_name="confidence",
                    ),
                ),
                ("since", models.DateField(verbose_name="in force from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                ("loaded_hash", models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "ground of free legal aid",
                "verbose_name_plural": "grounds of free legal aid",
                "ordering": ["part", "position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "since"), name="claims_ground_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="claims_ground_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourtCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("suit", "Statement of claim"),
                            ("order", "Motion for a court order"),
                        ],
                        default="suit",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("preparing", "Papers are being prepared"),
                            ("filed", "Filed with the court"),
                            ("in_court", "Heard by the court"),
                            ("decided", "Decided, not in force yet"),
                            ("appeal", "Under appeal"),
                            ("in_force", "Decision in force"),
                            ("enforcement", "Writ is being executed"),
                            ("paid", "Money received"),
                            ("closed", "Closed"),
                        ],
                        default="preparing",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("won", "Won in full"),
                            ("partly", "Won in part"),
                            ("lost", "Lost"),
                            ("settled", "Settled"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("court", models.CharField(blank=True, max_length=300, verbose_name="court")),
                (
                    "court_address",
                    models.CharField(blank=True, max_length=300, verbose_name="court's address"),
                ),
                (
                    "court_number",
                    models.CharField(blank=True, max_length=60, verbose_name="number in the court"),
                ),
                ("judge", models.CharField(blank=True, max_length=200, verbose_name="judge")),
                ("subject", models.CharField(max_length=500, verbose_name="subject of the suit")),
                ("facts", models.TextField(blank=True, verbose_name="circumstances")),
                ("demands", models.TextField(blank=True, verbose_name="other demands, one a line")),
                (
                    "attachments",
                    models.TextField(blank=True, verbose_name="attached papers, one a line"),
                ),
                (
                    "principal_rub",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="to be returned, ₽",
                    ),
                ),
                (
                    "damage_rub",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="damage, ₽",
                    ),
                ),
                (
                    "moral_rub",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="moral damage, ₽",
                    ),
                ),
                (
                    "penalty_price_rub",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="price of the service for the penalty, ₽",
                    ),
                ),
                (
                    "penalty_from",
                    models.DateField(blank=True, null=True, verbose_name="penalty from"),
                ),
                (
                    "penalty_until",
                    models.DateField(
                        blank=True,
                        help_text="Empty: as of the day the paper is made.",
                        null=True,
                        verbose_name="penalty as of",
                    ),
                ),
                (
                    "asks_works",
                    models.BooleanField(
                        default=False, verbose_name="asks to oblige the defendant to do something"
                    ),
                ),
                (
                    "is_consumer",
                    models.BooleanField(
                        default=True, verbose_name="the plaintiff sues as a consumer"
                    ),
                ),
                (
                    "authority",
                    models.CharField(
                        blank=True,
                        help_text="Power of attorney: number, date, who certified it.",
                        max_length=300,
                        verbose_name="lawyer's authority",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                ("filed_on", models.DateField(blank=True, null=True, verbose_name="filed")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided")),
                ("in_force_on", models.DateField(blank=True, null=True, verbose_name="in force")),
                (
                    "writ_number",
                    models.CharField(blank=True, max_length=60, verbose_name="writ of execution"),
                ),
                ("writ_on", models.DateField(blank=True, null=True, verbose_name="writ received")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended")),
                (
                    "awarded_rub",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="awarded, ₽",
                    ),
                ),
                (
                    "paid_rub",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="received, ₽",
                    ),
                ),
                ("erased_at", models.DateTimeField(editable=False, null=True)),
                (
                    "claim",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case",
                        to="claims.claim",
                        verbose_name="claim",
                    ),
                ),
                (
                    "lawyer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="court_cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lawyer",
                    ),
                ),
                (
                    "plaintiff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="own_court_cases",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="plaintiff's account",
                    ),
                ),
            ],
            options={
                "verbose_name": "court case",
                "verbose_name_plural": "court cases",
                "ordering": ["-id"],
                "permissions": [
                    ("lead_courtcase", "Can take on court cases"),
                    ("assign_courtcase", "Can give court cases to lawyers"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseParty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("plaintiff", "plaintiff"),
                            ("defendant", "defendant"),
                            ("third", "third party"),
                            ("representative", "representative"),
                        ],
                        max_length=16,
                        verbose_name="role",
                    ),
                ),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("inn", models.CharField(blank=True, max_length=12, verbose_name="ИНН")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=16, verbose_name="phone")),
                (
                    "email",
                    accounts.fields.LowercaseEmailField(
                        blank=True, max_length=254, verbose_name="e-mail"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parties",
                        to="claims.courtcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "party",
                "verbose_name_plural": "parties",
                "ordering": ["case", "id"],
            },
        ),
        migrations.CreateModel(
            name="CaseHearing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                ("minutes", models.PositiveSmallIntegerField(default=60, verbose_name="minutes")),
                ("zone", models.CharField(max_length=40, verbose_name="time zone of the court")),
                ("place", models.CharField(max_length=300, verbose_name="place")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="what about")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("held", "took place"),
                            ("cancelled", "called off"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "result",
                    models.CharField(blank=True, max_length=1000, verbose_name="what came of it"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hearings",
                        to="claims.courtcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "hearing",
                "verbose_name_plural": "hearings",
                "ordering": ["starts_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("step", models.CharField(max_length=20, verbose_name="step")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("preparing", "Papers are being prepared"),
                            ("filed", "Filed with the court"),
                            ("in_court", "Heard by the court"),
                            ("decided", "Decided, not in force yet"),
                            ("appeal", "Under appeal"),
                            ("in_force", "Decision in force"),
                            ("enforcement", "Writ is being executed"),
                            ("paid", "Money received"),
                            ("closed", "Closed"),
                        ],
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "author",
                    models.CharField(
                        choices=[
                            ("lawyer", "the lawyer"),
                            ("plaintiff", "the plaintiff"),
                            ("head", "the head of the lawyers"),
                            ("staff", "the contact centre"),
                        ],
                        max_length=12,
                        verbose_name="author",
                    ),
                ),
                ("day", models.DateField(blank=True, null=True, verbose_name="day")),
                (
                    "amount_rub",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="rubles",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="claims.courtcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a case",
                "verbose_name_plural": "lines of a case",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="CaseDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="what it is")),
                (
                    "added_by",
                    models.CharField(
                        choices=[
                            ("lawyer", "the lawyer"),
                            ("plaintiff", "the plaintiff"),
                            ("head", "the head of the lawyers"),
                            ("staff", "the contact centre"),
                        ],
                        max_length=12,
                        verbose_name="who added",
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="added")),
                (
                    "upload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.upload",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="claims.courtcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "paper of a case",
                "verbose_name_plural": "papers of a case",
                "ordering": ["-added_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="CourtCaseAudit",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("preparing", "Papers are being prepared"),
                            ("filed", "Filed with the court"),
                            ("in_court", "Heard by the court"),
                            ("decided", "Decided, not in force yet"),
                            ("appeal", "Under appeal"),
                            ("in_force", "Decision in force"),
                            ("enforcement", "Writ is being executed"),
                            ("paid", "Money received"),
                            ("closed", "Closed"),
                        ],
                        default="preparing",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("won", "Won in full"),
                            ("partly", "Won in part"),
                            ("lost", "Lost"),
                            ("settled", "Settled"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "awarded_rub",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="awarded, ₽",
                    ),
                ),
                (
                    "paid_rub",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="received, ₽",
                    ),
                ),
                (
                    "court_number",
                    models.CharField(blank=True, max_length=60, verbose_name="number in the court"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "lawyer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lawyer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="status_outcome_lawyer_awarded_rub_paid_rub_court_number_version_events",
                        to="claims.courtcase",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DutyStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "up_to_rub",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, verbose_name="suits up to, ₽"
                    ),
                ),
                (
                    "fixed_rub",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="fixed part, ₽"
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        verbose_name="percent of what is over the lower border",
                    ),
                ),
                ("clause", models.CharField(max_length=200, verbose_name="clause")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("since", models.DateField(verbose_name="in force from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                ("loaded_hash", models.CharField(blank=True, editable=False, max_length=64)),
            ],
            options={
                "verbose_name": "step of the state duty",
                "verbose_name_plural": "state duty of a suit",
                "ordering": ["-since", "up_to_rub"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("up_to_rub", "since"), name="claims_duty_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fixed_rub__gte", 0), ("percent__gte", 0), ("up_to_rub__gt", 0)
                        ),
                        name="claims_duty_is_money",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="courtcase",
            index=models.Index(fields=["lawyer", "status"], name="court_case_by_lawyer"),
        ),
        migrations.AddIndex(
            model_name="courtcase",
            index=models.Index(fields=["ended_on"], name="court_case_by_end"),
        ),
        migrations.AddConstraint(
            model_name="courtcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["closed", "paid"]), ("ended_on__isnull", False)),
                    models.Q(
                        models.Q(("status__in", ["closed", "paid"]), _negated=True),
                        ("ended_on", None),
                    ),
                    _connector="OR",
                ),
                name="court_case_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="courtcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "paid"), _negated=True),
                    ("paid_rub__gt", 0),
                    _connector="OR",
                ),
                name="court_case_paid_is_money",
            ),
        ),
        migrations.AddConstraint(
            model_name="courtcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "paid"), _negated=True),
                    models.Q(("outcome", ""), _negated=True),
                    _connector="OR",
                ),
                name="court_case_paid_has_outcome",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courtcase",
            trigger=pgtrigger.compiler.Trigger(
                name="filed_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "claims_courtcaseaudit" ("awarded_rub", "court_number", "lawyer_id", "outcome", "paid_rub", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "version") VALUES (NEW."awarded_rub", NEW."court_number", NEW."lawyer_id", NEW."outcome", NEW."paid_rub", _pgh_attach_context(), NOW(), \'filed\', NEW."id", NEW."status", NEW."version"); RETURN NULL;',
                    hash="f8268e17fa158f9611acf7d6d67ee08f62655895",
                    operation="INSERT",
                    pgid="pgtrigger_filed_insert_309ac",
                    table="claims_courtcase",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courtcase",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."awarded_rub" IS DISTINCT FROM (NEW."awarded_rub") OR OLD."court_number" IS DISTINCT FROM (NEW."court_number") OR OLD."lawyer_id" IS DISTINCT FROM (NEW."lawyer_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."paid_rub" IS DISTINCT FROM (NEW."paid_rub") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "claims_courtcaseaudit" ("awarded_rub", "court_number", "lawyer_id", "outcome", "paid_rub", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "status", "version") VALUES (NEW."awarded_rub", NEW."court_number", NEW."lawyer_id", NEW."outcome", NEW."paid_rub", _pgh_attach_context(), NOW(), \'changed\', NEW."id", NEW."status", NEW."version"); RETURN NULL;',
                    hash="04a9657f4bfb43e0a4ab498cbd6a44068609c965",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_f994f",
                    table="claims_courtcase",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="caseparty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("role", "plaintiff")),
                fields=("case",),
                name="court_one_plaintiff",
            ),
        ),
        migrations.AddIndex(
            model_name="casehearing",
            index=models.Index(fields=["state", "starts_at"], name="court_hearing_by_time"),
        ),
        migrations.AddConstraint(
            model_name="casehearing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "cancelled"), _negated=True),
                fields=("case", "starts_at"),
                name="court_one_hearing_at_a_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="courtcaseaudit",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ab2d8de8585f33da99a0d71c578ff1d450d4ae36",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_dbd33",
                    table="claims_courtcaseaudit",
                    when="BEFORE",
                ),
            ),
        ),
    ]
