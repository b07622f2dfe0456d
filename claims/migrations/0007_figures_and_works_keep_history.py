"""Changes of the law's figures and of works won are kept; their tables came with 0004."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0006_offers_of_incidents")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="figurerow",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "claims_figureaudit" ("clause", "code", "confidence", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "value") VALUES (NEW."clause", NEW."code", NEW."confidence", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since", NEW."source", NEW."until", NEW."value"); RETURN NULL;',
                    hash="5a789236a79963f2fb35a9f333a15842cedcb2c4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1b7ff",
                    table="claims_figurerow",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurerow",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "claims_figureaudit" ("clause", "code", "confidence", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "value") VALUES (NEW."clause", NEW."code", NEW."confidence", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since", NEW."source", NEW."until", NEW."value"); RETURN NULL;',
                    hash="bfd38905e4d07cdf5b69f2261d7b7d92da6dfdce",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8d444",
                    table="claims_figurerow",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figurerow",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "claims_figureaudit" ("clause", "code", "confidence", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "value") VALUES (OLD."clause", OLD."code", OLD."confidence", OLD."id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."since", OLD."source", OLD."until", OLD."value"); RETURN NULL;',
                    hash="9741aefe96126624efb0a4c364d3b75b9f92c515",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7df15",
                    table="claims_figurerow",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workwon",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "claims_workwonaudit" ("act", "building_id", "done_on", "executor_name", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_rub", "request_id", "what") VALUES (NEW."act", NEW."building_id", NEW."done_on", NEW."executor_name", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."price_rub", NEW."request_id", NEW."what"); RETURN NULL;',
                    hash="4e39af8a3cc0ba0fec1957dccb66f3ab30534ba5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3da8c",
                    table="claims_workwon",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workwon",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "claims_workwonaudit" ("act", "building_id", "done_on", "executor_name", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_rub", "request_id", "what") VALUES (NEW."act", NEW."building_id", NEW."done_on", NEW."executor_name", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."price_rub", NEW."request_id", NEW."what"); RETURN NULL;',
                    hash="6b47f9678d3478ebf9f1b5a226e96a303daa89de",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1ce3f",
                    table="claims_workwon",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workwon",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "claims_workwonaudit" ("act", "building_id", "done_on", "executor_name", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price_rub", "request_id", "what") VALUES (OLD."act", OLD."building_id", OLD."done_on", OLD."executor_name", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."price_rub", OLD."request_id", OLD."what"); RETURN NULL;',
                    hash="2e2139d44c81f7b5ceffafb714340b0c42074cf4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e5355",
                    table="claims_workwon",
                    when="AFTER",
                ),
            ),
        ),
    ]
