"""What the Python client says an answer holds is what the portal's document says."""

from __future__ import annotations

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from housing_contact_center import shapes

# The client's shape and the document's.
SAME = {
    "Upload": "UploadOut", "Filed": "FiledShape", "Tracked": "TrackedShape",
    "PublicRequest": "PublicRequestShape", "FoundBuilding": "FoundBuildingShape",
    "Building": "WholeBuildingShape", "ListedCompany": "ListedCompanyShape",
    "Company": "WholeCompanyShape", "Incident": "IncidentShape", "Rating": "SnapshotShape",
    "Standing": "StandingShape", "Outages": "OutagesShape", "OwnRequest": "OwnRowShape",
    "Executor": "ExecutorShape", "Event": "EventShape", "Norm": "NormShape",
    "FoundCompany": "FoundCompanyShape", "Contact": "ContactShape", "Guide": "GuideShape",
    "GuideText": "GuideTextShape", "Slot": "SlotShape", "Meeting": "MeetingShape",
    "Seminar": "SeminarShape", "WholeSeminar": "WholeSeminarShape",
}  # fmt: skip


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]


def test_every_shape_of_the_client_is_compared():
    own = {
        name
        for name, value in vars(shapes).items()
        if isinstance(value, type) and value.__module__ == shapes.__name__
    }
    assert own == set(SAME)


@pytest.mark.parametrize("name", SAME)
def test_the_client_names_what_the_document_names(name, document):
    told = document[SAME[name]]["properties"]
    assert set(getattr(shapes, name).__annotations__) <= set(told)
