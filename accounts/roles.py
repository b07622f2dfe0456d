"""
Which group may do what in the operators' workplace, as one table.

`manage.py load_roles` makes the groups say exactly this; what somebody ticked by hand in admin
is taken back, so that the table stays the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

OPERATORS = "operators"
CHIEF_OPERATORS = "chief_operators"
EDITORS = "editors"
LAWYERS = "lawyers"
CHIEF_LAWYERS = "chief_lawyers"
HEADS = "heads"

_OPERATORS = (
    "accounts.view_upload",
    "claims.add_courtcase",
    "claims.view_claim",
    "claims.view_tariff",
    "disclosure.view_building",
    "disclosure.view_managementcompany",
    "disclosure.view_managementperiod",
    "disclosure.view_resourcesupplier",
    "disclosure.view_supplyperiod",
    "outreach.add_call",
    "outreach.change_booking",
    "outreach.change_call",
    "outreach.change_callback",
    "outreach.change_question",
    "outreach.change_signup",
    "outreach.view_agendakind",
    "outreach.view_booking",
    "outreach.view_call",
    "outreach.view_callback",
    "outreach.view_certificate",
    "outreach.view_feedback",
    "outreach.view_host",
    "outreach.view_hotlinehours",
    "outreach.view_housecouncil",
    "outreach.view_question",
    "outreach.view_receptionhours",
    "outreach.view_seminar",
    "outreach.view_signup",
    "outreach.view_tos",
    "requests_app.add_request",
    "requests_app.change_incidentproposal",
    "requests_app.change_qualitycall",
    "requests_app.change_request",
    "requests_app.see_contact",
    "requests_app.sort_outsideletter",
    "requests_app.take_outsideletter",
    "requests_app.view_act",
    "requests_app.view_attachment",
    "requests_app.view_category",
    "requests_app.view_escalation",
    "requests_app.view_incident",
    "requests_app.view_incidentproposal",
    "requests_app.view_norm",
    "requests_app.view_outsideletter",
    "requests_app.view_qualitycall",
    "requests_app.view_request",
    "requests_app.view_requestevent",
)
_CHIEF_ONLY = (
    "accounts.view_companyrepresentative",
    "accounts.view_contactlook",
    "accounts.view_user",
    "claims.add_workwon",
    "claims.change_workwon",
    "claims.view_figurerow",
    "claims.view_recount",
    "claims.view_workwon",
    "contact_center.add_erasure",
    "contact_center.run_drill",
    "contact_center.see_dashboard",
    "contact_center.view_erasure",
    "disclosure.change_importconflict",
    "disclosure.decide_correction",
    "disclosure.publish_on_behalf",
    "disclosure.return_publication",
    "disclosure.view_correctionrequest",
    "disclosure.view_disclosureform",
    "disclosure.view_importconflict",
    "disclosure.view_importrun",
    "disclosure.view_opendataarchive",
    "disclosure.view_publication",
    "notifications.change_message",
    "notifications.view_message",
    "notifications.change_lettertext",
    "notifications.view_fanout",
    "notifications.view_webhooksubscription",
    "notifications.view_lettertext",
    "outreach.change_certificate",
    "outreach.see_hotline_figures",
    "ratings.decide_objection",
    "ratings.publish_ratingsnapshot",
    "ratings.view_objection",
    "ratings.view_ratingresult",
    "ratings.view_ratingsnapshot",
    "requests_app.add_answertemplate",
    "requests_app.add_incident",
    "requests_app.change_answertemplate",
    "requests_app.change_escalation",
    "requests_app.change_escalationrule",
    "requests_app.add_outsidematter",
    "requests_app.change_incident",
    "requests_app.change_outsidematter",
    "requests_app.delete_answertemplate",
    "requests_app.delete_outsidematter",
    "requests_app.see_operators",
    "requests_app.view_answertemplate",
    "requests_app.view_escalationrule",
    "requests_app.view_outsidematter",
    "requests_app.view_refusedsave",
    "requests_app.view_suggestionmodel",
)
_EDITORS = (
    "claims.add_aidground",
    "claims.add_dutystep",
    "claims.add_figurerow",
    "claims.add_tariff",
    "claims.change_aidground",
    "claims.change_dutystep",
    "claims.change_figurerow",
    "claims.change_tariff",
    "claims.delete_tariff",
    "claims.view_aidground",
    "claims.view_dutystep",
    "claims.view_figurerow",
    "claims.view_tariff",
    "disclosure.add_building",
    "disclosure.add_managementcompany",
    "disclosure.add_managementperiod",
    "disclosure.add_resourcesupplier",
    "disclosure.add_supplyperiod",
    "disclosure.change_building",
    "disclosure.change_importconflict",
    "disclosure.change_managementcompany",
    "disclosure.change_managementperiod",
    "disclosure.change_resourcesupplier",
    "disclosure.change_supplyperiod",
    "disclosure.decide_correction",
    "disclosure.publish_on_behalf",
    "disclosure.return_publication",
    "disclosure.view_building",
    "disclosure.view_correctionrequest",
    "disclosure.view_disclosureform",
    "disclosure.view_importconflict",
    "disclosure.view_managementcompany",
    "disclosure.view_managementperiod",
    "disclosure.view_publication",
    "disclosure.view_resourcesupplier",
    "disclosure.view_supplyperiod",
    "outreach.add_agendakind",
    "outreach.add_guide",
    "outreach.add_host",
    "outreach.add_hotlinehours",
    "outreach.add_housecouncil",
    "outreach.add_material",
    "outreach.add_meeting",
    "outreach.add_officeholder",
    "outreach.add_receptionhours",
    "outreach.add_seminar",
    "outreach.add_tos",
    "outreach.add_toshouse",
    "outreach.add_tosnews",
    "outreach.add_tosproject",
    "outreach.change_agendakind",
    "outreach.change_guide",
    "outreach.change_host",
    "outreach.change_hotlinehours",
    "outreach.change_housecouncil",
    "outreach.change_material",
    "outreach.change_meeting",
    "outreach.change_officeholder",
    "outreach.change_receptionhours",
    "outreach.change_seminar",
    "outreach.change_tos",
    "outreach.change_toshouse",
    "outreach.change_tosnews",
    "outreach.change_tosproject",
    "outreach.delete_hotlinehours",
    "outreach.delete_material",
    "outreach.delete_meeting",
    "outreach.delete_receptionhours",
    "outreach.delete_toshouse",
    "outreach.delete_tosnews",
    "outreach.delete_tosproject",
    "outreach.delete_unansweredsearch",
    "outreach.view_agendakind",
    "outreach.view_feedback",
    "outreach.view_guide",
    "outreach.view_host",
    "outreach.view_hotlinehours",
    "outreach.view_housecouncil",
    "outreach.view_material",
    "outreach.view_meeting",
    "outreach.view_officeholder",
    "outreach.view_receptionhours",
    "outreach.view_seminar",
    "outreach.view_tos",
    "outreach.view_toshouse",
    "outreach.view_tosnews",
    "outreach.view_tosproject",
    "outreach.view_unansweredsearch",
    "requests_app.add_calendarday",
    "requests_app.add_category",
    "requests_app.add_norm",
    "requests_app.change_calendarday",
    "requests_app.change_category",
    "requests_app.change_norm",
    "requests_app.view_calendarday",
    "requests_app.view_category",
    "requests_app.view_norm",
)

# A lawyer opens the files of their own cases and nobody's else; requests come only with a case.
_LAWYERS = (
    "claims.lead_courtcase",
    "claims.view_aidground",
    "claims.view_dutystep",
    "claims.view_figurerow",
    "outreach.view_host",
    "outreach.view_receptionhours",
)
_CHIEF_LAWYERS_ONLY = (
    "accounts.view_contactlook",
    "claims.add_aidground",
    "claims.add_dutystep",
    "claims.assign_courtcase",
    "claims.change_aidground",
    "claims.change_dutystep",
    "claims.view_courtcase",
)

# The head of the city reads figures; requests of people are not theirs to open.
_HEADS = ("contact_center.see_dashboard",)

PERMISSIONS: dict[str, tuple[str, ...]] = {
    OPERATORS: _OPERATORS,
    CHIEF_OPERATORS: _OPERATORS + _CHIEF_ONLY,
    EDITORS: _EDITORS,
    LAWYERS: _LAWYERS,
    CHIEF_LAWYERS: _LAWYERS + _CHIEF_LAWYERS_ONLY,
    HEADS: _HEADS,
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `load` did: permissions given per group, and names nothing answers to."""

    given: dict[str, int]
    unknown: tuple[str, ...]


@transaction.atomic
def load() -> Loaded:
    """Make the groups and give each exactly its permissions; safe to repeat."""
    known = {
        f"{app_label}.{codename}": pk
        for pk, app_label, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    given: dict[str, int] = {}
    unknown: set[str] = set()
    for name, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        found = [known[permission] for permission in wanted if permission in known]
        group.permissions.set(found)
        given[name] = len(found)
        unknown |= set(wanted) - known.keys()
    return Loaded(given=given, unknown=tuple(sorted(unknown)))
