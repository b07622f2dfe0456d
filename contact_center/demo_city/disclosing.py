"""Which of the demo's companies published what: some all, one late, one with gaps, some nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from accounts.actors import Executor
from contact_center.demo_city import filled_forms
from contact_center.demo_city.founding import Town
from disclosure.forms_standard.checking import Content, check
from disclosure.models import (
    Building,
    DisclosureForm,
    DisclosureValue,
    ManagementCompany,
    ManagementPeriod,
    Publication,
)
from disclosure.publications import drafts, publishing, reports, scoring
from disclosure.publications.contents import first_content, first_of_house
from disclosure.publications.duties import houses_of
from disclosure.publications.reports import Report

# Houses of one company whose forms are filled; a large city has thousands.
MOST_HOUSES = 40
_WORKS, _ALL = ("2.3", "2.4", "2.6"), ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.8")


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How a company discloses: which forms of its houses, how many of these, and what it omits."""

    house_forms: tuple[str, ...] = ()
    houses: int = MOST_HOUSES
    debt_months: str = "0.2"
    has_gaps: bool = False
    is_late: bool = False
    corrects: bool = False
    fines: tuple[tuple[int, str, int, int], ...] = ()
    dearer: str = "1"


# By the company's place in `organisations`; nobody else has published anything.
HABITS = {
    0: Habit(house_forms=_ALL),
    1: Habit(
        house_forms=_WORKS,
        debt_months="0.9",
        corrects=True,
        fines=((120, "Не очищена кровля от снега и наледи", 1, 50_000),),
        dearer="1.08",
    ),
    2: Habit(house_forms=("2.3",), houses=12, debt_months="1.6", is_late=True, dearer="1.15"),
    4: Habit(
        debt_months="4.5",
        has_gaps=True,
        fines=(
            (40, "Нарушен срок устранения течи в перекрытии", 2, 150_000),
            (150, "Не проведён осмотр систем перед отопительным сезоном", 1, 250_000),
            (260, "Не раскрыта информация об управлении домами", 3, 30_000),
        ),
    ),
    6: Habit(house_forms=_ALL, debt_months="0.1", dearer="0.97"),
    8: Habit(house_forms=_ALL, debt_months="0", dearer="0.92"),
}


def disclose(town: Town, *, at: datetime) -> None:
    """Let the companies publish, the earliest first, and score all of the first dozen."""
    if not DisclosureForm.objects.exists():
        return
    today = timezone.localtime(at).date()
    for place, organisation in enumerate(town.companies[:12]):
        company = ManagementCompany.objects.get(inn=organisation.inn)
        habit = HABITS.get(place)
        houses: list[Building] = []
        if habit and organisation.speaker:
            speaker = Executor(id=organisation.speaker, inns=(organisation.inn,))
            houses = _of_company(company, habit, speaker, today=today)
        scoring.keep(company, buildings=houses, at=at)


def _of_company(
    company: ManagementCompany, habit: Habit, speaker: Executor, *, today: date
) -> list[Building]:
    """Publish all that the company ever did; return the houses it speaks of."""
    managed = houses_of(company, on=today).order_by("pk")
    area = managed.aggregate(area=Sum("area_m2"))["area"] or Decimal(0)
    count = managed.count()
    last = today.year - 1

    def publish(code: str, content: Content, day: date, *, year: int = 0) -> None:
        key = f"{code}-{year}" if year else code
        day = min(day, today)
        report = reports.find(company, reports.COMPANY, key, on=day)
        known = first_content(report.form, company, None)
        whole = Content({**known.fields, **content.fields}, {**known.tables, **content.tables})
        moment = _moment(day)
        saved = drafts.save(report, whole, revision=0, tab="demo", by=speaker, at=moment)
        publishing.publish(report, revision=saved.draft.revision, by=speaker, at=moment)

    def finances(year: int, day: date, *, months: str = habit.debt_months) -> None:
        growth = Decimal("0.92") ** (last - year)
        content = filled_forms.finances(area_m2=area, growth=growth, debt_months=Decimal(months))
        publish("1.4", content, day, year=year)

    received = today - timedelta(days=900)
    finances(last - 1, date(last, 3, 20))
    recent = today - timedelta(days=300)
    general = filled_forms.general(company, houses=count, received=received, gaps=habit.has_gaps)
    publish("1.1", general, recent)
    if not habit.is_late:
        if habit.corrects:
            finances(last, date(last + 1, 3, 18), months="0.4")
        finances(last, date(last + 1, 3, 27))
    if not habit.has_gaps:
        publish("1.2", Content({}, {}), recent)
        publish("1.3", filled_forms.nothing_ended(), date(last + 1, 3, 27), year=last)
    cases = [
        (today - timedelta(days=ago), matter, found, fine)
        for ago, matter, found, fine in habit.fines
    ]
    publish("1.5", filled_forms.violations(cases), today - timedelta(days=9 + company.pk * 4))
    houses = list(managed[: habit.houses]) if habit.house_forms else []
    _of_houses(company, houses, habit, speaker, day=recent, last=last)
    return houses


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(11, 20)))


def _of_houses(
    company: ManagementCompany,
    houses: list[Building],
    habit: Habit,
    speaker: Executor,
    *,
    day: date,
    last: int,
) -> None:
    """Publish the forms of the houses at once: one by one they would take longer than the city."""
    dearer = Decimal(habit.dearer)
    written: dict[str, Callable[[Building], Content]] = {
        "2.1": filled_forms.passport,
        "2.2": filled_forms.structure,
        "2.3": lambda house: filled_forms.works(house, dearer=dearer),
        "2.4": lambda house: filled_forms.tariffs(last),
        "2.5": lambda house: filled_forms.nothing_let(),
        "2.6": lambda house: filled_forms.overhaul(),
        "2.8": filled_forms.report,
    }
    since = {
        house_id: during.lower
        for house_id, during in ManagementPeriod.objects.filter(
            company=company, building__in=houses, during__contains=day
        ).values_list("building_id", "during")
    }
    made: list[tuple[Report, Content, Publication]] = []
    for edition in DisclosureForm.objects.in_force(day).filter(code__in=habit.house_forms):
        for house in houses:
            began = since.get(house.pk)
            year = last if edition.is_yearly else 0
            if began is None or (year and began.year > year):
                continue
            report = Report(company=company, building=house, edition=edition, year=year)
            known = first_of_house(edition.form, house, began)
            content = written[edition.code](house)
            whole = Content({**known.fields, **content.fields}, content.tables)
            checked = check(edition.form, whole, kind=company.kind)
            if checked.errors:
                # A house that the invention got wrong publishes nothing, as a real one would.
                continue
            publication = Publication(
                **report.names,
                form=edition,
                version=1,
                published_at=_moment(day),
                published_by_id=speaker.id,
                changes=[],
            )
            made.append((report, checked.content, publication))
    Publication.objects.bulk_create([publication for _r, _c, publication in made])
    DisclosureValue.objects.bulk_create(
        (
            value
            for report, content, publication in made
            for value in publishing.values_of(report, content, publication)
        ),
        batch_size=5_000,
    )
