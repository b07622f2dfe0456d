"""Which organisation a request is with, and passing it on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from disclosure.answerable import Answerable
from disclosure.models import ManagementCompany, ResourceSupplier
from requests_app.lifecycle.details import NewExecutor
from requests_app.lifecycle.refusals import Refused
from requests_app.models import Request


def redirect(row: Request, to: NewExecutor | None) -> None:
    company = supplier = None
    if to and to.company is not None and to.supplier is None:
        company = ManagementCompany.objects.filter(pk=to.company).first()
    elif to and to.supplier is not None and to.company is None:
        supplier = ResourceSupplier.objects.filter(pk=to.supplier).first()
    if company is None and supplier is None:
        raise Refused("executor", _("Choose the organisation."), "executor_needed")
    if (company or supplier) == (row.company or row.supplier):
        raise Refused("executor", _("The request is already with this organisation."), "same")
    # A time that another organisation named is nobody's promise any more.
    row.planned_at = None
    set_executor(row, Answerable(company=company, supplier=supplier))


def set_executor(row: Request, who: Answerable) -> None:
    row.company, row.supplier = who.company, who.supplier
    row.executor_inn, row.executor_name, row.executor_phone = who.inn, who.name, who.phone
