"""The script that anybody runs: it agrees with the portal, and finds a changed byte."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import urlsplit

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some
from scipy import special

from ratings import computing, inputs, methodology, publishing, results, signing, snapshots
from ratings.verifier import SCRIPT, verify
from tests.ratings.conftest import AFTER, MONTH

FILES = (*verify.HASHED, *verify.OTHERS)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a citizen would: Python's standard library, nothing of the portal."""
    argv = [sys.executable, "-I", "-S", str(SCRIPT), *words]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(client, published, tmp_path):
    """Return the month's files as they were downloaded."""
    for name in FILES:
        (tmp_path / name).write_bytes(b"".join(client.get(f"/ratings/2026-03/{name}")))
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_the_script_given_away_agrees_with_the_portal_it_reaches(year, live_server, tmp_path):
    draft = snapshots.draft(MONTH, at=AFTER)
    publishing.publish(draft.pk, by=None, at=AFTER, waiver="Для проверки")
    month = f"{live_server.url}/ratings/2026-03/"
    assert urlsplit(month).hostname == "localhost"
    said = run(month)
    assert (said.returncode, said.stderr) == (0, "")
    assert "2 companies" in said.stdout
    assert run(month, "--key", signing.public_key()).returncode == 0
    other = run(month, "--key", "00" * 32)
    assert other.returncode == 1
    assert "another key" in other.stdout
    assert run(f"{live_server.url}/ratings/2020-01/").returncode == 2


@pytest.mark.django_db
def test_the_script_is_given_away_as_it_stands(client, published):
    answer = client.get("/ratings/2026-03/verify.py")
    assert answer.content == SCRIPT.read_bytes()
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_in_any_file_is_found(folder, name):
    whole = (folder / name).read_bytes()
    assert run(str(folder)).returncode == 0
    for place in np.linspace(0, len(whole) - 2, 12).astype(int):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1
        (folder / name).write_bytes(bytes(spoilt))
        assert run(str(folder)).returncode in {1, 2}, f"byte {place} of {name}"
    (folder / name).unlink()
    assert run(str(folder)).returncode == 2


@pytest.mark.django_db
def test_a_forger_who_also_mends_the_digests_is_found_by_signature_and_numbers(folder):
    table = (folder / "results.csv").read_text()
    first = table.splitlines()[1].split(",")
    forged = table.replace(",".join(first[5:8]), "99.00,98.00,100.00", 1)
    assert forged != table
    (folder / "results.csv").write_text(forged)
    manifest = (folder / "manifest.json").read_text()
    mended = manifest.replace(inputs.sha256(table), inputs.sha256(forged))
    (folder / "manifest.json").write_text(mended)
    said = run(str(folder))
    assert said.returncode == 1
    assert "SHA-256" not in said.stdout
    assert "the signature is not of this manifest" in said.stdout
    assert "score is published as '99.00'" in said.stdout


@pytest.mark.django_db
def test_a_sum_that_its_rows_do_not_make_is_found(folder):
    rows = (folder / "rows.csv").read_text()
    assert rows.count("\n") == 5
    (folder / "rows.csv").write_text("".join(rows.splitlines(keepends=True)[:-1]))
    said = run(str(folder))
    assert said.returncode == 1
    assert "requests is 4 in inputs.csv, the rows sum to 3" in said.stdout


def invented(companies: int, seed: int) -> str:
    """Return the frozen input of an invented city, large and tiny companies mixed."""
    dice = np.random.default_rng(seed)
    lines = []
    for number in range(companies):
        size = float(dice.lognormal(-0.5, 1.6))
        for age in ("old", "middle", "new"):
            if dice.random() < 0.3:
                continue
            requests = int(dice.poisson(60 * size))
            due, presented, emergencies = dice.binomial(requests, [0.95, 0.8, 0.1])
            answered = dice.binomial(presented, 0.4)
            counts = {
                "requests": requests, "faults": dice.binomial(requests, 0.9), "due": due,
                "in_time": dice.binomial(due, dice.beta(8, 2)), "presented": presented,
                "reopened": dice.binomial(presented, 0.1),
                "repeated": dice.binomial(requests, 0.12), "emergencies": emergencies,
                "reacted": dice.binomial(emergencies, 0.8),
                "scanned": dice.binomial(presented, 0.6), "answered": answered,
                "confirmed": dice.binomial(answered, 0.8),
                "marked": (marked := dice.binomial(presented, 0.3)),
                "marked_good": dice.binomial(marked, 0.7),
            }  # fmt: skip
            counts |= dict.fromkeys(methodology.OF_COMPANY, 0)
            whole = {code: int(value) for code, value in counts.items()}
            flats = 0 if dice.random() < 0.05 else int(365 * 800 * size)
            lines.append(
                inputs.Line(f"73{number:08d}", age, int(dice.choice([90, 365])), flats, whole)
            )
        forms, claims = int(dice.poisson(40)), int(dice.poisson(6 * size))
        of_company = {
            "claims": claims, "granted": dice.binomial(claims, 0.5), "forms": forms,
            "forms_in_time": dice.binomial(forms, 0.7), "violations": dice.poisson(3 * size),
            "debts_told": (told := dice.binomial(1, 0.6)), "debts_none": dice.binomial(told, 0.5),
        }  # fmt: skip
        counts = dict.fromkeys(methodology.OF_REQUESTS, 0)
        counts |= {code: int(value) for code, value in of_company.items()}
        lines.append(inputs.Line(f"73{number:08d}", methodology.WHOLE_COMPANY, 0, 0, counts))
    return inputs.text_of(lines)


@pytest.mark.parametrize("companies", [1, 7, 12, 60, 250])
def test_two_programs_written_apart_agree_on_invented_cities(companies):
    text, document = invented(companies, seed=companies), methodology.newest()
    method = methodology.read(document)
    standings = computing.compute(text, method, window_days=365)
    table = results.text_of([(one, one.company) for one in standings], method)
    files = {
        "inputs.csv": text.encode(),
        "results.csv": table.encode(),
        "methodology.json": inputs.json_text(document).encode(),
    }
    manifest = {"from": "2025-04-01", "before": "2026-04-01"}
    assert list(verify.faults_of_results(files, manifest)) == []


@given(some.floats(0.01, 4000), some.floats(0.01, 4000), some.floats(0.001, 0.999))
def test_incomplete_beta_is_that_of_scipy(a, b, x):
    assert verify.beta_cdf(a, b, x) == pytest.approx(special.betainc(a, b, x), rel=1e-8, abs=1e-10)


@given(some.floats(0.01, 4000), some.floats(0.001, 8000))
def test_incomplete_gamma_is_that_of_scipy(a, x):
    assert verify.gamma_cdf(a, x) == pytest.approx(special.gammainc(a, x), rel=1e-8, abs=1e-10)


@given(some.binary(max_size=200), some.binary(min_size=32, max_size=32))
def test_signatures_are_checked_as_the_library_does(message, seed):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify.is_signed(message, signature, public)
    assert not verify.is_signed(message + b".", signature, public)
    assert not verify.is_signed(message, signature[:-1] + bytes([signature[-1] ^ 1]), public)
    assert not verify.is_signed(message, signature[:63], public)
    assert not verify.is_signed(message, signature, b"\xff" * 32)
