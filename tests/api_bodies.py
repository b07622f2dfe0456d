"""What each write of the API is sent in the planted city, so that it is taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tests.city_fixtures import ORDINARY
from tests.planted_city import BILL, OUTAGE, PlantedCity

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Sent:
    """A body, and parameters of the address where they are not the city's common ones."""

    body: Any = None
    names: dict[str, Any] = field(default_factory=dict)


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def bodies(city: PlantedCity) -> dict[str, Sent]:
    """Return what is sent, by the method and the route."""
    now = timezone.now()
    today = timezone.localdate()
    early, ago, soon = _local(now - 2 * HOUR), _local(now - HOUR), _local(now + DAY)
    later = (timezone.localtime(city.letter.due_at).date() + 20 * DAY).isoformat()
    act = {"signed_on": today.isoformat(), "signer": "Мастер Фёдоров"}
    contact = {"name": "Анна Петрова", "email": "anna@example.org", "phone": "+79000000001"}
    fresh, done, fixed, letter = (
        {"number": item.number} for item in (city.fresh, city.done, city.fixed, city.letter)
    )
    second = {"pk": city.other_incident.pk}
    clock = {
        "plan": Sent({"planned_at": soon, "text": "Привезут трубу"}),
        "visit": Sent({"visit_at": soon, "text": "По телефону"}),
        "harm-stopped": Sent({"happened_at": ago, "text": "Перекрыт стояк"}),
        "inspections": Sent(
            {"happened_at": ago, "found_fault": True, "signer": "Мастер Фёдоров", "text": "14 °C"}
        ),
        "written-answer": Sent({"text": "Стояк заменят до пятницы."}),
    }
    claim = Sent({"to": "refused", "text": "Перерыв не подтверждён"})
    found = {
        "cabinet/batch/": Sent(
            {"rows": [{"number": city.going.number, "to": "done", "act": act, "client_id": "7"}]}
        ),
        "cabinet/claims/<str:number>/<int:place>/": claim,
        "desk/claims/<str:number>/<int:place>/": claim,
        **{f"cabinet/requests/<str:number>/{verb}/": sent for verb, sent in clock.items()},
        **{f"desk/requests/<str:number>/{verb}/": sent for verb, sent in clock.items()},
        "cabinet/requests/<str:number>/acts/": Sent(
            {**act, "works": "Заменён кран на стояке", "began_at": early, "ended_at": ago}
        ),
        "cabinet/requests/<str:number>/links/": Sent({"for_whom": "слесарь Фёдоров", "hours": 24}),
        "cabinet/requests/<str:number>/more-time/": Sent(
            {"until": later, "text": "Ждём ответа завода"}, letter
        ),
        "cabinet/requests/<str:number>/pass-on/": Sent(
            {"text": "Стояк обслуживает другая организация"}
        ),
        "desk/requests/<str:number>/extend/": Sent(
            {"until": later, "text": "Нужно заключение экспертизы"}, letter
        ),
        "desk/bulk/": Sent({"do": "accept", "requests": [city.tied.number]}),
        "desk/calls/": Sent({"phone": "+79000000001"}),
        "desk/calls/<int:pk>/end/": Sent(
            {"topic": "utilities", "asked": "Когда включат?", "outcome": "answered"}
        ),
        "desk/calls/<int:pk>/experts/": Sent(
            {
                "topic": "utilities", "asked": "Кто платит за поверку общедомового счётчика?",
                "name": "Анна Петрова", "email": "anna@example.org", "consent": True,
            }
        ),
        "desk/calls/<int:pk>/request/": Sent(
            {
                "category": ORDINARY, "building": city.names["building"], "flat": "16",
                "consent": True,
                "card": {"phone": "+79000000009", "name": "Анна", "asked": "Холодно"},
            }
        ),
        "desk/filters/": Sent({"name": "Домофоны", "filter": {"category": "en_door"}}),
        "desk/questions/<int:pk>/draft/": Sent({"answer": "Подайте **заявление**."}),
        "desk/questions/<int:pk>/answer/": Sent({"answer": "Подайте **заявление**."}),
        "desk/questions/<int:pk>/publish/": Sent(
            {"public_answer": "Подайте заявление."}, {"pk": city.names["/api/v1/questions/pk"]}
        ),
        "desk/questions/<int:pk>/hide/": Sent(names={"pk": city.names["/api/v1/questions/pk"]}),
        "desk/questions/<int:pk>/decline/": Sent({"reason": "Вопрос не о жилье"}),
        "desk/reception/bookings/<int:pk>/cancel/": Sent({"reason": "Приём отменён"}),
        "desk/reception/bookings/<int:pk>/mark/": Sent({"mark": "came"}),
        "desk/reception/bookings/<int:pk>/move/": Sent(
            {"slot": city.names["slot"], "reason": "По просьбе"}
        ),
        "desk/reception/bookings/<int:pk>/record/": Sent(
            {"record": "Обещан ответ до пятницы", "tasks": [city.going.number]}
        ),
        "desk/proposals/<int:pk>/dismiss/": Sent({"reason": "Плановые работы"}),
        "desk/proposals/<int:pk>/attach/": Sent(names={"pk": city.names["accepted_proposal"]}),
        "desk/quality-calls/<int:pk>/record/": Sent(
            {"result": "talked", "is_fixed": True, "mark": 4, "text": "Хорошо"}
        ),
        "desk/incidents/": Sent(
            {
                "kind": "fault", "category": OUTAGE, "utility": "cold_water",
                "title": "Порыв на Садовой", "started_at": ago, "houses": "Садовая 1",
            }
        ),
        "desk/incidents/preview/": Sent({"category": OUTAGE, "houses": "Садовая 1"}),
        "desk/incidents/<int:pk>/cancel/": Sent({"reason": "Ошибка адреса"}, second),
        "desk/incidents/<int:pk>/end/": Sent({**act, "text": "Трубу заменили"}),
        "desk/incidents/<int:pk>/houses/": Sent({"add": {"houses": "Садовая 2"}}),
        "desk/incidents/<int:pk>/jobs/<int:job>/": Sent({"deed": "pause", "reason": "Не то"}),
        "desk/incidents/<int:pk>/merge/": Sent(
            {"into": city.incident.pk, "reason": "Один порыв"}, second
        ),
        "desk/incidents/<int:pk>/news/": Sent({"text": "Нашли порыв", "expected_end_at": soon}),
        "desk/intake/caller/": Sent({"phone": "+79000000001"}),
        "desk/intake/words/": Sent({"text": "Пахнет газом в подъезде"}),
        "desk/requests/file/": Sent(
            {
                "category": ORDINARY, "building": city.names["building"], "flat": "14",
                "description": "Батарея холодная", "consent": True,
                "contact": {"name": "Анна Петрова", "phone": "+79000000001"},
            }
        ),
        "desk/requests/<str:number>/aside/": Sent({"until": soon, "text": "Ждём звонка"}),
        "desk/requests/<str:number>/assign/": Sent({"operator": city.names["operator"]}),
        "desk/requests/<str:number>/category/": Sent({"category": "en_door", "text": "Это дверь"}),
        "desk/requests/<str:number>/incident/": Sent({"incident": city.incident.pk}),
        "desk/requests/<str:number>/incident/open/": Sent(names=fresh),
        "desk/requests/<str:number>/links/": Sent({"number": city.done.number}),
        "desk/requests/<str:number>/merge/": Sent({"into": city.going.number}, fresh),
        "desk/requests/<str:number>/notes/": Sent({"text": "Звонила соседка, у неё то же"}),
        "desk/requests/<str:number>/split/": Sent(
            {"category": "en_door", "description": "Не закрывается дверь подъезда"}
        ),
        "inbox/read/": Sent({"ids": []}),
        "legal-aid/check/": Sent({"matter": "utilities", "people": ["disabled"]}),
        "desk/outside-letters/<int:pk>/file/": Sent(
            {"building": city.fresh.building_id, "category": ORDINARY, "always": True}
        ),
        "desk/outside-letters/<int:pk>/decline/": Sent({"reason": "Это другой город"}),
        "outside/<str:source>/requests/": Sent(
            {
                "rows": [
                    {
                        "number": "77-15", "received_at": ago, "address": "ул. Садовая, 1",
                        "text": "Во дворе не горит фонарь", "name": "Анна Петрова",
                    }
                ]
            }
        ),
        "recalculation/": Sent(BILL),
        "reception/bookings/": Sent(
            {
                "slot": city.names["slot"], "contact": contact, "question": "О перерасчёте",
                "consent": True,
            }
        ),
        "seminars/<int:pk>/sign-ups/": Sent(
            {"contact": {**contact, "email": "kim@example.org"}, "consent": True}
        ),
        "requests/": Sent(
            {
                "category": ORDINARY, "building": city.names["building"], "flat": "12",
                "description": "С утра холодные батареи", "contact": contact, "consent": True,
            }
        ),
        "requests/<str:number>/comment/": Sent({"text": "Мастер был, батареи тёплые."}),
        "requests/<str:number>/confirm/": Sent({}, done),
        "requests/<str:number>/object/": Sent({"text": "По-прежнему холодно"}, done),
        "requests/<str:number>/mark/": Sent({"mark": 5, "text": "Спасибо"}, fixed),
        "requests/<str:number>/transitions/": Sent({"to": "done", "act": act, "text": "Готово"}),
        "requests/<str:number>/withdraw/": Sent({}, fresh),
        "webhooks/": Sent(
            {"name": "Карта", "url": "https://93.184.216.34/in", "events": ["request.filed"]}
        ),
        "webhooks/<int:pk>/replay/": Sent({"since": _local(now - DAY)}),
        "webhooks/<int:pk>/rotate/": Sent({"overlap_hours": 24}),
    }  # fmt: skip
    open311 = {
        "service_code": ORDINARY, "address_id": city.names["building"], "description": "Холодно",
        "first_name": "Анна", "email": "anna@example.org", "attribute[consent]": "true",
    }  # fmt: skip
    return {
        "post open311/v2/requests.<open311:form>": Sent(open311),
        "post open311/v2/servicerequestupdates.<open311:form>": Sent(
            {
                "service_request_id": city.going.number,
                "update_id": "7",
                "status": "OPEN",
                "description": "Мастер выехал",
                "updated_datetime": ago,
            }
        ),
        **{f"post api/v1/{route}": sent for route, sent in found.items()},
        "patch api/v1/desk/incidents/<int:pk>/": Sent({"title": "Порыв на Садовой, 1"}),
        "put api/v1/desk/calls/<int:pk>/": Sent({"topic": "utilities", "asked": "Когда включат?"}),
        "patch api/v1/desk/filters/<int:pk>/": Sent({"name": "Двери подъездов"}),
        "patch api/v1/webhooks/<int:pk>/": Sent({"name": "Карта города"}),
        "delete api/v1/desk/requests/<str:number>/links/<str:other>/": Sent(
            names={**fresh, "other": city.tied.number}
        ),
    }
