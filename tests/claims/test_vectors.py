"""Every vector of the law's table, by its name; `docs/recalculation.md` shows the same ones."""

from __future__ import annotations

import pytest

from claims.vectors import VECTORS, Vector


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_vector(vector: Vector):
    assert {key: vector.outcome()[key] for key in vector.expected} == vector.expected


def test_the_table_is_whole():
    assert [vector.name for vector in VECTORS] == [f"V{n:02}" for n in range(1, 52)]
