"""The demo's court cases: refused claims that went on, in every stage, and who conducts them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import roles
from accounts.models import User
from claims.court.statuses import OVER, CaseStatus, Outcome, PartyRole, Side
from claims.legal_aid import loading
from claims.models import CaseEvent, CaseHearing, CaseParty, Claim, ClaimEvent, CourtCase
from claims.statuses import ClaimStatus
from claims.totals import publishing
from contact_center.demo_city import people
from disclosure.models import ManagementCompany
from requests_app.models import RequestContact
from requests_app.steps import Role

# Email, password, name, group: staff who work on cases.
STAFF = (
    ("lawyer@svetlorechye.example", "lawyer-demo", "Киселёв Артём Павлович", roles.LAWYERS),
    ("lawyer2@svetlorechye.example", "lawyer-demo", "Юрьева Инна Олеговна", roles.LAWYERS),
    ("chief-lawyer@svetlorechye.example", "lawyer-demo", "Громова Ирина Львовна",
     roles.CHIEF_LAWYERS),
)  # fmt: skip
MOST = 30
_COURT = "Мировой судья судебного участка № {} Заречного района"
_JUDGES = ("Ветрова А. П.", "Лосев И. Д.", "Белых О. С.")
_FACTS = (
    "Услуга предоставлялась с перерывом больше допустимого, это видно из заявки и акта.\n"
    "Ответчик отказал в перерасчёте: назвал перерыв плановым, но о нём никого не предупредили."
)
# How the old ones ended, and where the newest stand.
_ENDS = (
    Outcome.WON, Outcome.PARTLY, Outcome.WON, Outcome.LOST, Outcome.WON, Outcome.SETTLED,
    Outcome.WON, Outcome.WITHDRAWN,
)  # fmt: skip
_STANDS = (
    CaseStatus.ENFORCEMENT, CaseStatus.APPEAL, CaseStatus.IN_COURT, CaseStatus.DECIDED,
    CaseStatus.FILED, CaseStatus.IN_COURT, CaseStatus.PREPARING,
)  # fmt: skip
# The steps that led to each stage, with the days after the opening.
_WAY = (
    (CaseStatus.FILED, "file", 7),
    (CaseStatus.IN_COURT, "accept", 14),
    (CaseStatus.DECIDED, "decide", 45),
    (CaseStatus.APPEAL, "appeal", 60),
    (CaseStatus.IN_FORCE, "come_into_force", 76),
    (CaseStatus.ENFORCEMENT, "take_writ", 82),
    (CaseStatus.PAID, "receive", 110),
)
_NO_APPEAL = CaseStatus.APPEAL


def go_to_court(*, at: datetime) -> None:
    """Store lawyers, cases with their stories, and the claims that ended by them."""
    loading.load()
    lawyers = _staff(at)
    refused = list(
        Claim.objects.filter(status=ClaimStatus.REFUSED, filed_at__lt=at - timedelta(days=20))
        .select_related("request__building")
        .order_by("filed_at")
    )[-MOST:]
    names = dict(
        RequestContact.objects.filter(request__in=[one.request_id for one in refused]).values_list(
            "request_id", "name"
        )
    )
    cases = [
        _case(claim, number, len(refused), lawyers[number % 2], at)
        for number, claim in enumerate(refused)
    ]
    CourtCase.objects.bulk_create(cases)
    CaseParty.objects.bulk_create(
        party
        for case, claim in zip(cases, refused, strict=True)
        for party in _parties(case, claim, names.get(claim.request_id, ""))
    )
    CaseEvent.objects.bulk_create(event for case in cases for event in _story(case))
    CaseHearing.objects.bulk_create(hearing for case in cases for hearing in _hearings(case, at))
    # Claims are moved while their lines are made.
    lines = [event for case in cases for event in _of_claim(case)]
    Claim.objects.bulk_update(
        refused, ["status", "granted_rub", "paid_rub", "credited_in", "changed_at", "version"]
    )
    ClaimEvent.objects.bulk_create(lines)
    _of_resident(lawyers[0], at)
    publishing.refresh(at=at)


def _staff(at: datetime) -> list[User]:
    made = []
    for email, password, name, group in STAFF:
        user = User.objects.create(
            email=email,
            name=name,
            password=people.hashed(password),
            is_staff=True,
            date_joined=at,
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        user.groups.add(Group.objects.get(name=group))
        made.append(user)
    return made


def _case(claim: Claim, number: int, count: int, lawyer: User, at: datetime) -> CourtCase:
    late = count - number - 1
    opened = claim.filed_at + timedelta(days=12)
    case = CourtCase(
        claim=claim,
        lawyer=lawyer,
        plaintiff_id=claim.request.resident_id,
        subject=f"Перерасчёт платы: {claim.get_service_display().lower()}, {claim.month:%m.%Y}",
        facts=_FACTS,
        court=_COURT.format(number % 4 + 1),
        principal_rub=claim.amount_rub,
        penalty_price_rub=claim.charge_rub,
        penalty_from=timezone.localtime(claim.filed_at).date() + timedelta(days=10),
        moral_rub=Decimal(3000),
        opened_at=opened,
        changed_at=opened,
    )
    if late < len(_STANDS):
        return _stand(case, _STANDS[late], number, at)
    return _end(case, _ENDS[number % len(_ENDS)], number, at)


def _stand(case: CourtCase, status: CaseStatus, number: int, at: datetime) -> CourtCase:
    # What stands now began so long ago that its last step is behind.
    days = next((days for stage, _step, days in _WAY if stage == status), 2)
    case.opened_at = max(case.opened_at, at - timedelta(days=days + 6 + number % 5))
    if days > 2:
        case.opened_at = min(case.opened_at, at - timedelta(days=days + 1))
    case.status = status
    if status in {CaseStatus.DECIDED, CaseStatus.APPEAL, CaseStatus.ENFORCEMENT}:
        case.outcome, case.awarded_rub = Outcome.WON, _awarded(case)
    return _dated(case, number, at)


def _end(case: CourtCase, outcome: Outcome, number: int, at: datetime) -> CourtCase:
    case.opened_at = min(case.opened_at, at - timedelta(days=130))
    case.outcome = outcome
    is_money = outcome in {Outcome.WON, Outcome.PARTLY, Outcome.SETTLED}
    case.status = CaseStatus.PAID if is_money else CaseStatus.CLOSED
    if is_money:
        case.awarded_rub = _awarded(case, half=outcome == Outcome.PARTLY)
        case.paid_rub = case.awarded_rub
    return _dated(case, number, at)


def _awarded(case: CourtCase, *, half: bool = False) -> Decimal:
    principal = (case.principal_rub / 2).quantize(Decimal("0.01")) if half else case.principal_rub
    return principal + Decimal(1500)


def _dated(case: CourtCase, number: int, at: datetime) -> CourtCase:
    for status, step, days in _steps(case):
        day = (case.opened_at + timedelta(days=days)).date()
        match step:
            case "file":
                case.filed_on = day
            case "accept":
                case.court_number = f"2-{100 + number * 7}/{day.year}"
                case.judge = _JUDGES[number % len(_JUDGES)]
            case "decide" | "settle":
                case.decided_on = day
            case "come_into_force":
                case.in_force_on = day
            case "take_writ":
                case.writ_on, case.writ_number = day, f"ВС № {118_000_000 + number}"
        if status in OVER:
            case.ended_on = day
        case.changed_at = min(at, case.opened_at + timedelta(days=days))
    return case


def _steps(case: CourtCase) -> list[tuple[CaseStatus, str, int]]:
    """Return the steps that led a case to where it stands."""
    match case.outcome:
        case Outcome.LOST:
            done = [one for one in _WAY[:5] if one[0] != _NO_APPEAL]
            return [*done, (CaseStatus.CLOSED, "close", 80)]
        case Outcome.WITHDRAWN:
            return [*_WAY[:2], (CaseStatus.CLOSED, "withdraw_suit", 30)]
        case Outcome.SETTLED:
            settled = (CaseStatus.IN_FORCE, "settle", 40)
            return [*_WAY[:2], settled, (CaseStatus.PAID, "receive", 60)]
    if case.status == CaseStatus.PREPARING:
        return []
    place = [status for status, _step, _days in _WAY].index(CaseStatus(case.status))
    way = _WAY[: place + 1]
    return [one for one in way if one[0] != _NO_APPEAL or case.status == _NO_APPEAL]


def _parties(case: CourtCase, claim: Claim, name: str) -> Iterator[CaseParty]:
    yield CaseParty(
        case=case,
        role=PartyRole.PLAINTIFF,
        name=name or "Житель",
        address=claim.request.building.address[:300],
    )
    yield CaseParty(
        case=case, role=PartyRole.DEFENDANT, name=claim.executor_name, inn=claim.executor_inn
    )


def _story(case: CourtCase) -> Iterator[CaseEvent]:
    yield CaseEvent(
        case=case, at=case.opened_at, step="open", status=CaseStatus.PREPARING, author=Side.STAFF
    )
    for status, step, days in _steps(case):
        at = case.opened_at + timedelta(days=days)
        amount = None
        if step in {"decide", "settle"}:
            amount = case.awarded_rub
        elif step == "receive":
            amount = case.paid_rub
        text = ""
        if step in {"close", "withdraw_suit"}:
            text = "Суд признал перерыв плановым."
        elif step == "appeal":
            text = "Жалобу подал ответчик."
        elif step == "settle":
            text = "Ответчик возвращает деньги до конца месяца."
        yield CaseEvent(
            case=case,
            at=at,
            step=step,
            status=status,
            author=Side.LAWYER,
            user_id=case.lawyer_id,
            day=at.date(),
            amount_rub=amount,
            text=text,
        )


def _hearings(case: CourtCase, at: datetime) -> Iterator[CaseHearing]:
    if case.status == CaseStatus.IN_COURT:
        zone = timezone.get_default_timezone()
        day: date = timezone.localtime(at).date() + timedelta(days=9 + (case.pk or 0) % 12)
        while day.weekday() > 4:
            day += timedelta(days=1)
        yield CaseHearing(
            case=case,
            starts_at=datetime.combine(day, time(10, 30), zone),
            zone=str(zone),
            place="ул. Судебная, д. 4, зал 3",
            note="Предварительное заседание",
            changed_at=at,
        )


def _of_claim(case: CourtCase) -> Iterator[ClaimEvent]:
    """Move the claim on as the case did, and yield the lines of its story."""
    claim = case.claim
    assert claim is not None
    claim.status, claim.version = ClaimStatus.LAWYER, claim.version + 1
    claim.changed_at = case.opened_at
    yield ClaimEvent(
        claim=claim,
        at=case.opened_at,
        step="hand_over",
        status=ClaimStatus.LAWYER,
        author=Role.OPERATOR,
        text="Передано юристу контакт-центра.",
    )
    if case.status not in OVER or case.ended_on is None:
        return
    claim.changed_at, claim.version = case.changed_at, claim.version + 1
    if case.paid_rub:
        claim.status = ClaimStatus.PAID
        claim.granted_rub = claim.paid_rub = min(case.paid_rub, claim.amount_rub)
        claim.credited_in = case.ended_on.replace(day=1)
    else:
        claim.status = ClaimStatus.LOST
    yield ClaimEvent(
        claim=claim,
        at=case.changed_at,
        step="receive_by_court" if case.paid_rub else "lose_in_court",
        status=claim.status,
        author=Role.SYSTEM,
        text="" if case.paid_rub else "Судебное дело закончено.",
        amount_rub=claim.paid_rub,
    )


def _of_resident(lawyer: User, at: datetime) -> None:
    """Give the demo's resident a case of their own, with a hearing ahead."""
    resident = User.objects.get(email=people.PARTS["resident"].email)
    opened = at - timedelta(days=30)
    case = CourtCase.objects.create(
        lawyer=lawyer,
        plaintiff=resident,
        status=CaseStatus.IN_COURT,
        subject="Ущерб от залива квартиры с крыши",
        facts="Крыша течёт с октября, управляющая компания не отвечает на заявки.",
        demands="обязать ответчика отремонтировать крышу над квартирой;",
        asks_works=True,
        damage_rub=Decimal(48_600),
        moral_rub=Decimal(10_000),
        court="Заречный районный суд",
        court_number="2-1204/2026",
        judge=_JUDGES[0],
        opened_at=opened,
        changed_at=opened + timedelta(days=14),
        filed_on=(opened + timedelta(days=7)).date(),
    )
    company = ManagementCompany.objects.order_by("pk")[0]
    CaseParty.objects.create(
        case=case, role=PartyRole.PLAINTIFF, name=resident.name, email=resident.email
    )
    CaseParty.objects.create(
        case=case,
        role=PartyRole.DEFENDANT,
        name=company.name,
        inn=company.inn or "",
        address=company.address[:300],
    )
    CaseEvent.objects.bulk_create(_story(case))
    CaseHearing.objects.bulk_create(_hearings(case, at))
