"""
Check a published rating of management companies: work everything out anew, and compare.

    python3 verify.py https://portal.example/ratings/2026-10/
    python3 verify.py folder-with-the-files/
    python3 verify.py ADDRESS --key <the public key you trust, 64 hexadecimal digits>

Needs Python 3.9 or newer and nothing else: no package, nothing of the portal. It knows the
methodology's arithmetic on its own (beta-binomial and gamma-Poisson shrinkage on a grid), so that
two programs written apart must agree. Exit code: 0 only where all agrees, 1 where something
differs, 2 where the files could not be read.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import math
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

HASHED = ("rows.csv", "inputs.csv", "results.csv", "methodology.json")
OTHERS = ("manifest.json", "signature.json")
LARGEST = 200 * 1024 * 1024
SECONDS = 60
# A number on the edge between two roundings may fall either way on another machine.
EDGE = 1e-6
KEYS = ("count", "of", "value", "low", "high", "average", "points")
ABOUT = ("company", "age", "month", "matter")
SHOWN = 20


class Unreadable(Exception):
    """A file is not there or is not what it should be; the message names it."""


# Older Pythons know no `zip(strict=)`.
# ruff: noqa: B905

# ---------------------------------------------------------------------------------------- files


def fetch(place: str, name: str) -> bytes:
    """Return a file of the rating from a folder or an address."""
    if not place.startswith(("http://", "https://")):
        try:
            return (Path(place) / name).read_bytes()
        except OSError as wrong:
            raise Unreadable(f"{name}: {wrong.strerror}") from None
    parts = urllib.parse.urlsplit(place)
    folder = parts.path if parts.path.endswith("/") else parts.path + "/"
    address = urllib.parse.urlunsplit((parts.scheme, parts.netloc, folder + name, parts.query, ""))
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read(LARGEST + 1)
    except (urllib.error.URLError, OSError) as wrong:
        raise Unreadable(f"{name}: {wrong}") from None
    if len(body) > LARGEST:
        raise Unreadable(f"{name}: larger than {LARGEST} bytes")
    return body


def load(place: str) -> tuple[dict[str, bytes], dict[str, Any], dict[str, Any]]:
    """Return the files by name, the manifest and the methodology."""
    files = {name: fetch(place, name) for name in (*HASHED, *OTHERS)}
    try:
        manifest = json.loads(files["manifest.json"])
        method = json.loads(files["methodology.json"])
    except ValueError as wrong:
        raise Unreadable(f"manifest.json or methodology.json: {wrong}") from None
    return files, manifest, method


# ------------------------------------------------------------------------------------ signature

_Q = 2**255 - 19
_D = -121665 * pow(121666, _Q - 2, _Q) % _Q
_ROOT = pow(2, (_Q - 1) // 4, _Q)
_ORDER = 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int, int, int]


def _x_of(y: int, odd: int) -> int:
    xx = (y * y - 1) * pow(_D * y * y + 1, _Q - 2, _Q) % _Q
    x = pow(xx, (_Q + 3) // 8, _Q)
    if (x * x - xx) % _Q:
        x = x * _ROOT % _Q
    if (x * x - xx) % _Q or y >= _Q or (x == 0 and odd):
        raise ValueError("no point of the curve")
    return _Q - x if x & 1 != odd else x


def _point(raw: bytes) -> Point:
    y = int.from_bytes(raw, "little")
    odd, y = y >> 255, y & (2**255 - 1)
    x = _x_of(y, odd)
    return x, y, 1, x * y % _Q


def _sum(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _Q
    b = (p[1] + p[0]) * (q[1] + q[0]) % _Q
    c = 2 * p[3] * q[3] * _D % _Q
    d = 2 * p[2] * q[2] % _Q
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _Q, g * h % _Q, f * g % _Q, e * h % _Q


def _times(factor: int, p: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _sum(total, p)
        p = _sum(p, p)
        factor >>= 1
    return total


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Tell whether an Ed25519 signature (RFC 8032) of 64 bytes fits message and public key."""
    if len(signature) != 64 or len(key) != 32:
        return False
    base_y = 4 * pow(5, _Q - 2, _Q) % _Q
    base_x = _x_of(base_y, 0)
    base: Point = (base_x, base_y, 1, base_x * base_y % _Q)
    try:
        whose, drawn = _point(key), _point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    left = _times(scalar, base)
    right = _sum(drawn, _times(int.from_bytes(digest, "little") % _ORDER, whose))
    return all((left[i] * right[2] - right[i] * left[2]) % _Q == 0 for i in (0, 1))


def faults_of_signature(files: dict[str, bytes], trusted: str) -> Iterator[str]:
    """Yield what is wrong with the signature of the manifest."""
    try:
        found = json.loads(files["signature.json"])
        key, signature = bytes.fromhex(found["public_key"]), bytes.fromhex(found["signature"])
    except (ValueError, KeyError, TypeError):
        yield "signature.json: no signature in it"
        return
    if found.get("algorithm") != "Ed25519" or found.get("of") != "manifest.json" or len(found) != 4:
        yield "signature.json: not an Ed25519 signature of manifest.json"
    if not is_signed(files["manifest.json"], signature, key):
        yield "signature.json: the signature is not of this manifest"
    if trusted and trusted.lower() != key.hex():
        yield "signature.json: signed with another key than the one you trust"


# ----------------------------------------------------------------------------------- statistics


def log_beta(a: float, b: float) -> float:
    """Return the logarithm of the beta function."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def beta_cdf(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function (continued fraction, Lentz)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta(a, b))
    if x > (a + 1) / (a + b + 2):
        return 1.0 - front * _fraction(b, a, 1 - x) / b
    return front * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 100_000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + step * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + step / c
            c = c if abs(c) > tiny else tiny
            value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value


def gamma_cdf(a: float, x: float) -> float:
    """Return the regularised lower incomplete gamma function."""
    if x <= 0:
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        n = a
        while abs(term) > abs(total) * 1e-17:
            n += 1
            term *= x / n
            total += term
        return front * total
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    value = d
    for i in range(1, 100_000):
        step = -i * (i - a)
        b += 2
        d = step * d + b
        d = 1 / (d if abs(d) > tiny else tiny)
        c = b + step / c
        c = c if abs(c) > tiny else tiny
        value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return 1.0 - front * value


def quantile(cdf: Callable[[float], float], edge: float, low: float, high: float) -> float:
    """Return where a growing function reaches `edge`: false position, guarded by bisection."""
    f_low, f_high = cdf(low) - edge, cdf(high) - edge
    for turn in range(400):
        middle = (low + high) / 2
        if turn % 3 and f_high != f_low:
            middle = low - f_low * (high - low) / (f_high - f_low)
            if not low < middle < high:
                middle = (low + high) / 2
        f = cdf(middle) - edge
        if f < 0:
            low, f_low = middle, f
        else:
            high, f_high = middle, f
        if high - low <= 1e-13 * max(abs(high), 1e-12):
            break
    return (low + high) / 2


def beta_quantile(a: float, b: float, edge: float) -> float:
    """Return the quantile of a beta distribution."""
    return quantile(lambda x: beta_cdf(a, b, x), edge, 0.0, 1.0)


def gamma_quantile(a: float, edge: float) -> float:
    """Return the quantile of a gamma distribution of scale 1."""
    high = a + 20 * math.sqrt(a) + 40
    return quantile(lambda x: gamma_cdf(a, x), edge, 0.0, high)


def normal_cdf(x: float) -> float:
    """Return the standard normal distribution function."""
    return math.erfc(-x / math.sqrt(2)) / 2


Z = 1.959963984540054


class Known(NamedTuple):
    """What is known of one company in one indicator."""

    mean: float
    sd: float
    low: float
    high: float


def _logit(share: float) -> float:
    return 1 / (1 + math.exp(-share))


Weigh = Callable[[float, float], float]


def settle(weigh: Weigh, centres: tuple[float, float]) -> list[tuple[float, float, float]]:
    """Return points (centre, alikeness, weight) of a grid that closes in on the mass four times."""
    limits = [centres, (0.0, 8.5)]
    boxes = list(limits)
    grid: list[tuple[float, float, float]] = []
    for _look in range(4):
        axes = [[low + (high - low) * n / 14 for n in range(15)] for low, high in boxes]
        points = [(centre, alike) for alike in axes[1] for centre in axes[0]]
        heights = [weigh(*point) for point in points]
        top = max(heights)
        raw = [math.exp(height - top) for height in heights]
        total = math.fsum(raw)
        grid = [(c, a, w / total) for (c, a), w in zip(points, raw)]
        closer = []
        for n, (axis, bounds) in enumerate(zip(axes, limits)):
            mean = math.fsum(point[n] * point[2] for point in grid)
            spread = math.sqrt(math.fsum(point[2] * (point[n] - mean) ** 2 for point in grid))
            reach = max(4.0 * spread, axis[1] - axis[0])
            closer.append((max(mean - reach, bounds[0]), min(mean + reach, bounds[1])))
        boxes = closer
    return grid


def _tally(count: Sequence[float], of: Sequence[float]) -> dict[tuple[float, float], int]:
    """Count companies with the same numbers: each kind is worked out once."""
    kinds: dict[tuple[float, float], int] = {}
    for pair in zip(count, of):
        kinds[pair] = kinds.get(pair, 0) + 1
    return kinds


def shares(count: Sequence[float], of: Sequence[float]) -> list[Known]:
    """Shrink successes of trials toward the companies' average (beta-binomial)."""
    kinds = _tally(count, of)
    lgamma = math.lgamma

    def weigh(centre: float, alike: float) -> float:
        mean, k = _logit(centre), math.exp(alike)
        a, b = k * mean, k * (1 - mean)
        none = lgamma(a) + lgamma(b) - lgamma(a + b)
        each = math.fsum(
            times * (lgamma(a + hits) + lgamma(b + n - hits) - lgamma(a + b + n) - none)
            for (hits, n), times in kinds.items()
        )
        return each + math.log(mean) + math.log1p(-mean) - alike / 2

    grid = [(_logit(c), math.exp(k), w) for c, k, w in settle(weigh, (-6.0, 6.0))]
    made = {}
    for hits, n in kinds:
        parts = []
        for average, k, weight in grid:
            a, b = k * average + hits, k * (1 - average) + n - hits
            mean = a / (a + b)
            parts.append((weight, mean, mean * (1 - mean) / (a + b + 1)))
        mean, variance = _mixed(parts)
        size = mean * (1 - mean) / variance - 1
        low, high = (beta_quantile(mean * size, (1 - mean) * size, edge) for edge in (0.025, 0.975))
        made[hits, n] = Known(mean, math.sqrt(variance), min(low, mean), max(high, mean))
    return [made[pair] for pair in zip(count, of)]


def rates(count: Sequence[float], exposure: Sequence[float]) -> list[Known]:
    """Shrink events over exposure toward the companies' average rate (gamma-Poisson)."""
    kinds = _tally(count, exposure)

    def weigh(centre: float, alike: float) -> float:
        average, shape = math.exp(centre), math.exp(alike)
        scale = shape / average
        each = math.fsum(
            times
            * (
                math.lgamma(shape + events)
                - math.lgamma(shape)
                + shape * math.log(scale / (scale + exposed))
                - events * math.log(scale + exposed)
            )
            for (events, exposed), times in kinds.items()
        )
        return each - alike / 2

    grid = [(math.exp(c), math.exp(k), w) for c, k, w in settle(weigh, (-3.0, 3.0))]
    made = {}
    for events, exposed in kinds:
        parts = []
        for average, shape, weight in grid:
            grown, scale = shape + events, shape / average + exposed
            parts.append((weight, grown / scale, grown / scale**2))
        mean, variance = _mixed(parts)
        size = mean**2 / variance
        low, high = (gamma_quantile(size, edge) * mean / size for edge in (0.025, 0.975))
        made[events, exposed] = Known(mean, math.sqrt(variance), min(low, mean), max(high, mean))
    return [made[pair] for pair in zip(count, exposure)]


def _mixed(parts: list[tuple[float, float, float]]) -> tuple[float, float]:
    mean = math.fsum(weight * each for weight, each, _ in parts)
    square = math.fsum(weight * (spread + each**2) for weight, each, spread in parts)
    return mean, square - mean**2


# ----------------------------------------------------------------------------------- the rating


def columns_of(text: str, method: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return each company's counts, days, flats × days, and expected faults."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    names = sorted({row["company"] for row in rows})
    codes = [code for code in (rows[0] if rows else {}) if code not in ("company", "age", "days")]
    made: dict[str, dict[str, float]] = {
        name: {**dict.fromkeys(codes, 0.0), "days": 0.0, "expected": 0.0} for name in names
    }
    for row in rows:
        mine = made[row["company"]]
        for code in codes:
            # Faults of houses whose flats nobody knows would count against nothing.
            if code != "faults" or int(row["flat_days"]):
                mine[code] += int(row[code])
        mine["days"] = max(mine["days"], int(row["days"]))
    for age in method["ages"]:
        of_age = [row for row in rows if row["age"] == age["code"] and int(row["flat_days"])]
        exposed = sum(int(row["flat_days"]) for row in of_age)
        faults = sum(int(row["faults"]) for row in of_age)
        for row in of_age:
            made[row["company"]]["expected"] += faults / exposed * int(row["flat_days"])
    for mine in made.values():
        if mine["expected"] == 0 and "faults" in mine:
            mine["faults"] = 0.0
    return made


def counted(
    indicator: dict[str, Any], columns: dict[str, dict[str, float]]
) -> dict[str, tuple[float, float]]:
    """Return by company what an indicator counts, and of how much."""
    code, of = indicator["count"], indicator["of"]
    if of != "by_flats":
        return {name: (mine[code], mine[of]) for name, mine in columns.items()}
    # The city's average by flats; what is found where nobody knows a flat counts against nothing.
    whole = sum(mine["flat_days"] for mine in columns.values())
    known = {name: mine[code] if mine["flat_days"] else 0.0 for name, mine in columns.items()}
    total = sum(known.values())
    return {
        name: (known[name], total * mine["flat_days"] / whole if whole else 0.0)
        for name, mine in columns.items()
    }


def group_of(flats: int, method: dict[str, Any]) -> str:
    """Return the code of the size that so many flats make."""
    for group in method["groups"]:
        if group.get("flats_below") is None or flats < group["flats_below"]:
            return str(group["code"])
    return str(method["groups"][-1]["code"])


def points(indicator: dict[str, Any], value: float) -> float:
    """Return 0 … 100 points: a straight line from the floor to the goal."""
    floor, goal = indicator["floor"], indicator["goal"]
    return min(max(100 * (value - floor) / (goal - floor), 0.0), 100.0)


def standings(text: str, method: dict[str, Any], days: int) -> dict[str, dict[str, Any]]:
    """Work out every company's numbers, unrounded, by the name of their column."""
    columns = columns_of(text, method)
    groups = {
        name: group_of(round(mine["flat_days"] / days), method) for name, mine in columns.items()
    }
    rated = {
        name: mine["due"] >= method["minimum"]["due"] and mine["days"] >= method["minimum"]["days"]
        for name, mine in columns.items()
    }
    made: dict[str, dict[str, Any]] = {
        name: {"group": groups[name], "rated": int(rated[name])} for name in columns
    }
    known: dict[str, dict[str, Known]] = {name: {} for name in columns}
    for indicator in method["indicators"]:
        _indicate(indicator, columns, groups, method, known, made)
    for name, mine in made.items():
        _score(mine, known[name], method)
        del mine["sd"]
    _place(made, groups, rated)
    for name, mine in made.items():
        if not rated[name]:
            mine.update(band="", certainty="", best="", worst="")
    return made


def _indicate(
    indicator: dict[str, Any],
    columns: dict[str, dict[str, float]],
    groups: dict[str, str],
    method: dict[str, Any],
    known: dict[str, dict[str, Known]],
    made: dict[str, dict[str, Any]],
) -> None:
    code, shrink = indicator["code"], rates if indicator["kind"] == "rate" else shares
    everybody = sorted(columns)
    pairs = counted(indicator, columns)
    for group in sorted(set(groups.values())):
        members = [name for name in everybody if groups[name] == group]
        pool = members if len(members) >= method["pool_at_least"] else everybody
        count = [pairs[name][0] for name in pool]
        of = [pairs[name][1] for name in pool]
        # One more of which nothing is known: what it gets is the average of the pool.
        found = dict(zip([*pool, ""], shrink([*count, 0.0], [*of, 0.0])))
        for name in members:
            one = known[name][code] = found[name]
            numbers = (
                *pairs[name], one.mean, one.low, one.high, found[""].mean,
                points(indicator, one.mean),
            )  # fmt: skip
            made[name].update({f"{code}_{key}": value for key, value in zip(KEYS, numbers)})


def _score(mine: dict[str, Any], known: dict[str, Known], method: dict[str, Any]) -> None:
    score = variance = 0.0
    for indicator in method["indicators"]:
        share, one = indicator["weight"] / 100, known[indicator["code"]]
        score += share * points(indicator, one.mean)
        variance += (share * 100 / (indicator["goal"] - indicator["floor"]) * one.sd) ** 2
    sd = math.sqrt(variance)
    mine.update(
        score=score,
        sd=sd,
        low=min(max(score - Z * sd, 0.0), 100.0),
        high=min(max(score + Z * sd, 0.0), 100.0),
    )
    # How likely the true score lies above each band's limit, the best band first.
    *upper, _last = method["bands"]
    above = [normal_cdf((score - band["at_least"]) / max(sd, 1e-9)) for band in upper] + [1.0]
    chances = [here - before for before, here in zip([0.0, *above], above)]
    best = max(range(len(chances)), key=chances.__getitem__)
    mine.update(band=method["bands"][best]["code"], certainty=chances[best])


def _place(made: dict[str, dict[str, Any]], groups: dict[str, str], rated: dict[str, bool]) -> None:
    """Only a company whose whole interval lies above counts as better."""
    for name, mine in made.items():
        rivals = [made[one] for one in made if rated[one] and groups[one] == groups[name]]
        mine["rivals"] = len(rivals) if rated[name] else 0
        mine["best"] = 1 + sum(one["low"] > mine["high"] for one in rivals)
        mine["worst"] = len(rivals) - sum(one["high"] < mine["low"] for one in rivals)


# ------------------------------------------------------------------------------------ comparison

DIGITS = {"score": 2, "low": 2, "high": 2, "certainty": 3, "points": 2}
WORDS = ("group", "band", "rated", "best", "worst", "rivals")


def digits_of(column: str) -> int:
    """Return to how many digits a column is published."""
    if column in DIGITS:
        return DIGITS[column]
    return DIGITS["points"] if column.endswith("_points") else 4


def agrees(column: str, published: str, worked_out: Any) -> bool:
    """Tell whether the published cell is the number worked out, rounded."""
    if column in WORDS or published == "" or worked_out == "":
        return published == str(worked_out)
    try:
        number = float(published)
    except ValueError:
        return False
    return abs(number - worked_out) <= 0.5 * 10.0 ** -digits_of(column) + EDGE


def faults_of_results(files: dict[str, bytes], manifest: dict[str, Any]) -> Iterator[str]:
    """Yield every published number that is not what comes out."""
    method = json.loads(files["methodology.json"])
    days = (date.fromisoformat(manifest["before"]) - date.fromisoformat(manifest["from"])).days
    worked = standings(files["inputs.csv"].decode(), method, days)
    rows = list(csv.DictReader(io.StringIO(files["results.csv"].decode(), newline="")))
    published = [row["company"] for row in rows]
    for name in sorted(set(worked) ^ set(published)):
        yield f"{name}: stands in only one of inputs.csv and results.csv"
    for number, row in enumerate(rows, start=1):
        mine = worked.get(row["company"])
        if mine is None:
            continue
        if row["line"] != str(number):
            yield f"results.csv, line {number}: numbered {row['line']}"
        for column in mine:
            if not agrees(column, row.get(column) or "", mine[column]):
                yield (
                    f"{row['company']}: {column} is published as {row.get(column)!r}, "
                    f"worked out as {mine[column]!r}"
                )
    order = [(row["rated"] != "1", -float(row["score"]), row["company"]) for row in rows]
    if order != sorted(order):
        yield "results.csv: the companies do not stand in the order of their scores"


def faults_of_inputs(files: dict[str, bytes]) -> Iterator[str]:
    """Yield every count of a company that is not the sum of its requests."""
    summed: dict[tuple[str, str], dict[str, int]] = {}
    rows = csv.DictReader(io.StringIO(files["rows.csv"].decode(), newline=""))
    codes = [code for code in rows.fieldnames or () if code not in ABOUT]
    for row in rows:
        mine = summed.setdefault((row["company"], row["age"]), dict.fromkeys(codes, 0))
        for code in codes:
            mine[code] += int(row[code])
    nothing = dict.fromkeys(codes, 0)
    for row in csv.DictReader(io.StringIO(files["inputs.csv"].decode(), newline="")):
        mine = summed.pop((row["company"], row["age"]), nothing)
        for code in codes:
            if int(row[code]) != mine[code]:
                yield (
                    f"{row['company']}, {row['age']}: {code} is {row[code]} in inputs.csv, "
                    f"the rows sum to {mine[code]}"
                )
    for company, age in summed:
        yield f"{company}, {age}: stands in rows.csv only"


def faults(place: str, trusted: str = "") -> tuple[list[str], dict[str, Any]]:
    """Return all that is wrong with the rating at `place`, and its manifest."""
    files, manifest, _method = load(place)
    found = [
        f"{name}: SHA-256 is not the manifest's"
        for name in HASHED
        if hashlib.sha256(files[name]).hexdigest() != manifest["files"][name]["sha256"]
    ]
    found += faults_of_signature(files, trusted)
    try:
        found += faults_of_inputs(files)
        found += faults_of_results(files, manifest)
    except (KeyError, ValueError, TypeError, IndexError, ZeroDivisionError) as wrong:
        found.append(f"rows.csv, inputs.csv, results.csv or methodology.json: damaged ({wrong!r})")
    return found, manifest


def main() -> int:
    """Say what was found; see the top of the file for exit codes."""
    parser = argparse.ArgumentParser(description="Check a published rating.")
    parser.add_argument("place", help="address of the month's page, or a folder with its files")
    parser.add_argument("--key", default="", help="public key you trust, 64 hexadecimal digits")
    given = parser.parse_args()
    try:
        found, manifest = faults(given.place, given.key)
    except (Unreadable, KeyError, TypeError, UnicodeDecodeError) as wrong:
        print(f"could not be read: {wrong}", file=sys.stderr)
        return 2
    for fault in found[:SHOWN]:
        print(fault)
    if found:
        print(f"{len(found)} faults: this rating is not what it says")
        return 1
    print(
        f"{manifest['period']}: {manifest['companies']} companies, every sum, score, interval "
        "and place agrees; the files are those that were signed"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
