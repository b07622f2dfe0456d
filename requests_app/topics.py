"""What the outbox calls the matters of this room: what one follows or stops hearing of."""

from __future__ import annotations


def house_topic(building_id: int) -> str:
    """Return the topic of a house's outages."""
    return f"house:{building_id}"


def street_topic(street_id: int) -> str:
    """Return the topic of the outages of a street."""
    return f"street:{street_id}"


def district_topic(name: str) -> str:
    """Return the topic of the outages of a district."""
    return f"district:{name}"


def incident_topic(incident_id: int) -> str:
    """Return the topic of one incident."""
    return f"incident:{incident_id}"


def same_topic(request_id: int) -> str:
    """Return the topic of «so with me too»; a request's number is nobody else's to know."""
    return f"same:{request_id}"
