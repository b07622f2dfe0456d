"""The invented city's companies publish what real ones could: valid, in order, each in its way."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.timezone import localdate

from contact_center.demo_city import disclosing, filled_forms
from contact_center.demo_city.organisations import company_inn
from disclosure.forms_standard.checking import Content, check
from disclosure.forms_standard.due import Standing
from disclosure.models import (
    Building,
    DisclosureForm,
    ManagementCompany,
    Publication,
    ResponseFigures,
)
from disclosure.publications import duties, scoring
from disclosure.publications.contents import contents_of, first_of_house
from tests.contact_center.test_seed_demo import demo, seed
from tests.disclosure.forms.conftest import standard

__all__ = ["demo", "standard"]

pytestmark = pytest.mark.django_db


def company(place: int) -> ManagementCompany:
    return ManagementCompany.objects.get(inn=company_inn(place + 1))


def test_companies_disclose_each_in_its_own_way(client):
    call_command("load_categories", stdout=StringIO())
    call_command("load_forms", stdout=StringIO())
    seed(120)
    today = localdate()
    by_place = {place: company(place) for place in range(12)}
    published = set(Publication.objects.values_list("company_id", flat=True))
    assert published == {by_place[place].pk for place in disclosing.HABITS}

    finances = Publication.objects.filter(form_code="1.4", company=by_place[1])
    assert sorted(set(finances.values_list("year", flat=True))) == [today.year - 2, today.year - 1]
    assert finances.filter(version=2).get().changes
    standings = {
        duty.report.form.code: duty.standing for duty in duties.of_company(by_place[2], on=today)
    }
    if today > today.replace(month=3, day=31):
        assert standings["1.4"] == Standing.LATE
    gaps = scoring.scored(duties.of_company(by_place[4], on=today))
    assert any(each.points.gaps for each in gaps if each.duty.report.form.code == "1.1")

    percents = {place: scoring.latest(each).total for place, each in by_place.items()}
    assert percents[8] > 80
    assert percents[4] < 50
    assert percents[3] == 0
    assert ResponseFigures.objects.exists()
    # All of it passed the checks a company's own press would pass.
    rows = list(Publication.objects.select_related("form", "company"))
    contents = contents_of(rows)
    for row in rows:
        assert not check(row.form.form, contents[row.pk], kind=row.company.kind).errors, row
    for url in ("/companies/?disclosed=most&licence=yes", by_place[6].get_absolute_url()):
        assert client.get(url).status_code == 200


def test_each_form_of_a_house_is_valid_for_low_and_tall_houses(standard, make_building):
    forms = {edition.code: edition.form for edition in DisclosureForm.objects.in_force(localdate())}
    low = make_building(floors=3, entrances=2, flats=24, area_m2="1203.40", built_year=1958)
    tall = make_building(floors=16, entrances=1, flats=96, area_m2="6120.00", built_year=2004)
    bare = make_building(flats=8)
    for house in Building.objects.filter(pk__in=[low.pk, tall.pk, bare.pk]):
        for code, content in (
            ("2.1", filled_forms.passport(house)),
            ("2.2", filled_forms.structure(house)),
            ("2.3", filled_forms.works(house)),
            ("2.4", filled_forms.tariffs(2025)),
            ("2.5", filled_forms.nothing_let()),
            ("2.6", filled_forms.overhaul()),
            ("2.8", filled_forms.report(house)),
        ):
            known = first_of_house(forms[code], house, localdate() - timedelta(days=900))
            whole = Content({**known.fields, **content.fields}, content.tables)
            assert not check(forms[code], whole, kind="company").errors, (code, house)
