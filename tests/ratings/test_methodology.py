"""A methodology that cannot be is refused, and the place is named."""

from __future__ import annotations

import copy

import pytest

from ratings import methodology


@pytest.fixture
def found():
    return copy.deepcopy(methodology.newest())


@pytest.mark.parametrize("path", sorted(methodology.FOLDER.glob("methodology_*.toml")))
def test_every_methodology_of_the_repository_is_sound(path):
    made = methodology.read(methodology.document(path))
    assert f"methodology_{made.version}" == path.stem
    assert sum(indicator.weight for indicator in made.indicators) == 100
    assert [made.group_of(flats) for flats in (0, 999, 1000, 4999, 5000)] == [
        "small",
        "small",
        "medium",
        "medium",
        "large",
    ]


@pytest.mark.parametrize(
    ("place", "break_it"),
    [
        ("weights sum to 101", lambda d: d["indicators"][0].update(weight=23)),
        ("indicators.in_time.count", lambda d: d["indicators"][0].update(count="luck")),
        ("indicators.in_time.of", lambda d: d["indicators"][0].update(of="expected")),
        ("indicators.violations.of", lambda d: d["indicators"][10].update(of="flats")),
        ("indicators.in_time.kind", lambda d: d["indicators"][0].update(kind="vote")),
        ("floor and goal", lambda d: d["indicators"][0].update(floor=0.95)),
        ("a code stands twice", lambda d: d["indicators"][1].update(code="in_time")),
        ("indicators.in_time.missing", lambda d: d["indicators"][0].update(missing="zero")),
        ("bands", lambda d: d["bands"].reverse()),
        ("bands", lambda d: d["bands"].pop()),
        ("groups", lambda d: d["groups"].pop()),
        ("ages: limits must rise", lambda d: d["ages"][0].update(built_before=2000)),
        ("minimum", lambda d: d.pop("minimum")),
        ("formular", lambda d: d["indicators"][0].update(formular="x")),
        ("Invalid isoformat", lambda d: d.update(dated="yesterday")),
    ],
)
def test_an_unsound_one_is_refused_with_the_place_named(found, place, break_it):
    break_it(found)
    with pytest.raises(methodology.Unsound, match=place):
        methodology.read(found)


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    (tmp_path / "methodology_9.toml").write_text("version = ")
    with pytest.raises(methodology.Unsound, match=r"methodology_9\.toml"):
        methodology.document(tmp_path / "methodology_9.toml")
