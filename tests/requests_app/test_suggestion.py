"""Suggested matters: from a lexicon, then learnt, kept only if not worse, never in the way."""

from __future__ import annotations

import pickle
import zlib
from array import array
from datetime import timedelta
from math import isclose

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_app.models import Category, Request, SuggestionModel
from requests_app.statuses import Outcome, Status
from requests_app.suggestion import features, keeping, lexicon, measuring, scoring, suggesting
from requests_app.suggestion.scoring import Model, Unreadable
from requests_app.tasks import learn_suggestion
from tests.city_fixtures import NOON

WORK = "/admin/requests_app/request/"
SAID = {
    "hw_none": "Пропала горячая вода, стояк пустой",
    "lf_stop": "Лифт стоит между этажами",
    "ct_dogs": "Стая собак у гаражей",
}

# On a busy machine a draw may take longer than a test should.
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def _fresh(settings) -> None:
    settings.DEMO = True
    suggesting._loaded[0] = (None, None)


@pytest.fixture
def few(monkeypatch) -> None:
    """Let a lesson of a few dozen texts be enough."""
    monkeypatch.setattr(keeping, "FEWEST_TEXTS", 20)


@pytest.fixture
def closed(make_request, categories):
    """Return a maker of closed requests in bulk: `closed("lf_stop", "Лифт стоит", 30)`."""
    first = make_request(status=Status.CLOSED, outcome=Outcome.FIXED)
    rows = {field.attname: getattr(first, field.attname) for field in Request._meta.local_fields}
    for name in ("id", "search"):
        rows.pop(name)
    made = iter(range(1, 10_000))

    def make(slug: str, text: str, count: int, **fields) -> None:
        Request.objects.bulk_create(
            Request(
                **{
                    **rows,
                    "number": f"25-{next(made):06d}",
                    "category_id": categories[slug].pk,
                    "description": text,
                    **fields,
                }
            )
            for _ in range(count)
        )

    Request.objects.filter(pk=first.pk).update(description="")
    return make


@pytest.fixture
def taught(few, closed) -> SuggestionModel:
    for slug, text in SAID.items():
        closed(slug, text, 40)
    kept = keeping.learn(at=NOON)
    assert kept is not None
    assert kept.is_used
    return kept


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("В кране нет горячей воды третий день", "hw_none"),
        ("батарея в спальне холодная, а у соседей горячая", "ht_riser"),
        ("Лифт не работает, бабушка не может подняться", "lf_stop"),
        ("в подъезде сильно пахнет газом", "gas_smell"),
        ("не вывозят мусор, баки переполнены", "ws_not_taken"),
        ("протекает крыша, капает с потолка", "st_roof"),
    ],
)
def test_before_anything_is_learnt_the_lexicon_suggests(categories, text, slug):
    found = suggesting.suggest(text, at=NOON)
    assert found[0].slug == slug
    assert 1 <= len(found) <= 3
    assert all(0 < one.share <= 1 for one in found)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)


def test_the_lexicon_names_only_matters_of_the_tree(categories):
    assert set(lexicon.phrases_of_file()) <= set(categories)
    leaves = Category.objects.exclude(parent=None)
    assert {leaf.slug for leaf in leaves} == set(lexicon.phrases_of_file())


@pytest.mark.parametrize("text", ["", "   ", "12 34 +7 900", "qqq zzz", "\U0001f6b0" * 50])
def test_words_that_tell_nothing_suggest_nothing(categories, text):
    assert suggesting.suggest(text, at=NOON) == []


def test_a_matter_that_takes_no_requests_is_never_suggested(taught, categories):
    assert suggesting.suggest("Лифт стоит", at=NOON)[0].slug == "lf_stop"
    Category.objects.filter(slug="lf_stop").update(is_open=False)
    found = suggesting.suggest("Лифт стоит", at=NOON)
    assert found
    assert "lf_stop" not in {one.slug for one in found}
    Category.objects.update(is_open=False)
    assert suggesting.suggest("Лифт стоит", at=NOON) == []


def test_the_lesson_learns_labels_and_never_the_held_out_tenth(taught):
    numbers = Request.objects.exclude(description="").values_list("number", flat=True)
    held = [number for number in numbers if keeping.is_held_out(number)]
    assert taught.held_out == len(held)
    assert taught.learnt == len(numbers) - len(held)
    assert taught.metrics["accuracy"] == 1.0
    found = suggesting.suggest("стая собак бегает у школы", at=NOON)
    assert found[0].slug == "ct_dogs"


def test_what_operators_chose_teaches_against_the_lexicon(few, closed, categories):
    """In this city a «стая» is what people call a noisy lift."""
    closed("lf_faulty", "Стая гудит", 60)
    closed("hw_none", "Пропала горячая вода", 60)
    assert suggesting.suggest("Стая гудит", at=NOON)[0].slug == "ct_dogs"
    keeping.learn(at=NOON)
    assert suggesting.suggest("Стая гудит", at=NOON)[0].slug == "lf_faulty"


def test_a_worse_model_is_measured_and_not_used(taught, monkeypatch):
    from requests_app.suggestion import training

    poor = Model(("cw_tap",), {"лиф": 0}, array("f", [1.0]), (0.0,))
    monkeypatch.setattr(training, "train", lambda _texts, _labels, **_known: poor)
    kept = keeping.learn(at=NOON + timedelta(days=1))
    assert not kept.is_used
    assert kept.metrics["accuracy"] < 1.0
    assert kept.before["accuracy"] == 1.0
    assert (bytes(kept.vocabulary), bytes(kept.weights)) == (b"", b"")
    assert SuggestionModel.objects.in_use() == taught
    assert suggesting.suggest("Лифт стоит", at=NOON)[0].slug == "lf_stop"


def test_a_model_as_good_replaces_the_last_and_every_process_notices(taught):
    assert suggesting.current() is not None
    newer = keeping.learn(at=NOON + timedelta(days=1))
    assert newer.is_used
    assert SuggestionModel.objects.filter(is_used=True).get() == newer
    taught.refresh_from_db()
    assert bytes(taught.weights) == b""
    model = suggesting.current()
    assert suggesting._loaded[0] == (newer.pk, model)


def test_too_little_teaches_nothing(closed):
    closed("lf_stop", SAID["lf_stop"], 30)
    assert keeping.learn(at=NOON) is None
    assert not SuggestionModel.objects.exists()


def test_duplicates_and_destroyed_texts_teach_nothing(few, closed, make_request):
    closed("lf_stop", SAID["lf_stop"], 30)
    closed("hw_none", SAID["hw_none"], 30)
    learnt = keeping.learn(at=NOON)
    closed("ct_dogs", "", 30)
    closed("ct_dogs", SAID["ct_dogs"], 30, outcome=Outcome.DUPLICATE)
    closed("ct_dogs", SAID["ct_dogs"], 30, status=Status.NEW, outcome="")
    again = keeping.learn(at=NOON)
    assert (again.learnt, again.held_out) == (learnt.learnt, learnt.held_out)


def test_the_nightly_task_runs_and_names_nobody(few, closed, caplog):
    closed("lf_stop", "Лифт стоит, звоните +79001234567 Аристарху Вениаминовичу", 30)
    closed("hw_none", SAID["hw_none"], 30)
    learn_suggestion(something_newer=1)
    words = zlib.decompress(bytes(SuggestionModel.objects.get().vocabulary)).decode()
    assert "900" not in words
    assert "Аристарх" not in caplog.text


def test_a_rare_name_is_no_feature():
    from requests_app.suggestion import training

    texts = [f"Лифт стоит {n % 7}" for n in range(4_000)] + ["Батарея течёт"] * 1_000
    texts[5] = "Лифт стоит, Аристарх"
    labels = ["lf_stop"] * 4_000 + ["ht_leak"] * 1_000
    model = training.train(texts, labels)
    assert not [one for one in model.vocabulary if one.startswith("ари")]
    assert model.shares("лифт")["lf_stop"] > 0.9
    assert model.shares("батарея течёт")["ht_leak"] > 0.9


@pytest.mark.parametrize(
    "broken",
    [
        {"weights": b"not zlib"},
        {"weights": zlib.compress(b"abc")},
        {"vocabulary": zlib.compress(b"\xff\xfe")},
        {"classes": []},
        {"bias": [0.0]},
        {"weights": zlib.compress(pickle.dumps(print))},
    ],
)
def test_a_broken_row_is_no_model_and_the_lexicon_answers(taught, broken, caplog):
    SuggestionModel.objects.filter(pk=taught.pk).update(**broken)
    assert suggesting.current() is None
    assert suggesting.suggest("Лифт не работает", at=NOON)[0].slug == "lf_stop"


def test_nothing_of_the_suggestion_can_unpickle():
    from pathlib import Path

    folder = Path(scoring.__file__).parent
    for file in folder.glob("*.py"):
        said = file.read_text()
        assert not [one for one in ("import pickle", "import joblib", "eval(") if one in said]


def test_a_web_process_suggests_without_scikit_learn(taught):
    import subprocess
    import sys

    code = (
        "import django; django.setup()\n"
        "from requests_app.suggestion import suggesting\n"
        "from requests_app import tasks\n"
        "import sys; print('sklearn' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_environment()
    )
    assert said.stdout.strip() == "False"


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "contact_center.settings"}


models = st.integers(2, 5).flatmap(
    lambda width: st.builds(
        lambda words, numbers, bias: Model(
            tuple(f"c{n}" for n in range(width)),
            {word: row for row, word in enumerate(words)},
            array("f", (numbers * (len(words) * width))[: len(words) * width]),
            tuple(bias),
        ),
        st.lists(st.sampled_from(["лиф", "вод", "газ", "кры"]), min_size=1, unique=True),
        st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=9),
        st.lists(st.floats(-5, 5), min_size=width, max_size=width),
    )
)


@quick
@given(models, st.text(max_size=40))
def test_a_model_reads_back_as_it_was_and_its_shares_are_one(model, text):
    vocabulary, weights = scoring.pack(model)
    again = scoring.unpack(
        classes=model.classes, bias=model.bias, vocabulary=vocabulary, weights=weights
    )
    assert again == model
    shares = again.shares(f"лифт {text}")
    assert not shares or isclose(sum(shares.values()), 1, abs_tol=1e-9)


def test_a_bomb_of_zeros_is_refused(monkeypatch):
    monkeypatch.setattr(scoring, "_MOST_BYTES", 1_000)
    with pytest.raises(Unreadable):
        scoring.unpack(
            classes=["a"], bias=[0], vocabulary=zlib.compress(b"x"),
            weights=zlib.compress(bytes(10_000)),
        )  # fmt: skip


@quick
@given(st.text())
def test_features_hold_neither_numbers_nor_repeats(text):
    found = features.features(text)
    assert len(found) == len(set(found))
    assert not any(sign.isdigit() for one in found for sign in one)


def test_figures_are_those_of_the_textbook():
    found = measuring.measure(
        [("a", ["a"]), ("a", ["b", "a"]), ("b", ["b"]), ("c", []), ("c", ["a", "b", "c"])]
    )
    assert found.accuracy == pytest.approx(2 / 5)
    assert found.in_best_three == pytest.approx(4 / 5)
    # a: 1 right, 2 true, 2 said; b: 1 right, 1 true, 2 said; c: none right.
    assert found.macro_f1 == pytest.approx((2 / 4 + 2 / 3 + 0) / 3, abs=1e-3)
    assert ("a", "b", 1) in found.confusion
    assert ("c", "", 1) in found.confusion


def test_neither_figure_may_fall():
    good = measuring.measure([("a", ["a"]), ("b", ["b"])])
    bad = measuring.measure([("a", ["a"]), ("b", ["a"])])
    assert measuring.is_not_worse(good, bad)
    assert measuring.is_not_worse(good, good)
    assert not measuring.is_not_worse(bad, good)


def test_intake_shows_the_three_best_and_keeps_what_was_chosen(client, operator, taught):
    client.force_login(operator)
    words = f"{WORK}add/words/"
    said = client.post(words, {"description": "Лифт стоит"}).content.decode()
    assert 'name="category" value="lf_stop"' in said
    assert " %" in said
    again = client.post(words, {"description": "Стая собак", "category": "lf_stop"})
    assert 'value="lf_stop" checked' in again.content.decode()
    lost = client.post(words, {"description": "Стая собак", "category": "zzz\x00"})
    assert lost.status_code == 200


def test_the_card_offers_another_matter_and_the_choice_is_the_label(
    client, operator, taught, make_request
):
    item = make_request(description="Лифт стоит", category="en_door")
    client.force_login(operator)
    page = client.get(f"{WORK}{item.pk}/change/").content.decode()
    assert 'name="category" value="lf_stop"' in page
    answer = client.post(
        f"{WORK}{item.pk}/matter/", {"category": "lf_stop", "version": item.version}
    )
    assert answer.status_code == 302
    item.refresh_from_db()
    assert item.category.slug == "lf_stop"
    closed_page = make_request(status=Status.CLOSED, description="Лифт стоит")
    said = client.get(f"{WORK}{closed_page.pk}/change/").content.decode()
    assert 'name="category" value="lf_stop"' not in said


def test_suggesting_takes_two_statements_at_any_size(taught, categories):
    suggesting.suggest("Лифт стоит", at=NOON)
    with CaptureQueriesContext(connection) as queries:
        suggesting.suggest("Лифт стоит, и стая собак, и нет воды. " * 50, at=NOON)
    assert len(queries) == 2


def test_admin_shows_figures_and_confusion_to_chiefs_and_takes_no_upload(
    client, chief, operator, taught
):
    page = f"/admin/requests_app/suggestionmodel/{taught.pk}/change/"
    client.force_login(operator)
    assert client.get(page).status_code == 403
    client.force_login(chief)
    said = client.get(page).content.decode()
    assert "Макро-F1" in said
    assert "Лифт не работает" in said
    assert client.get("/admin/requests_app/suggestionmodel/").status_code == 200
    assert client.get("/admin/requests_app/suggestionmodel/add/").status_code == 403
    assert client.post(page, {"weights": "x"}).status_code == 403
    assert taught == SuggestionModel.objects.in_use()
    assert client.get("/admin/requests_app/suggestionmodel/999999/change/").status_code == 404


def test_the_measuring_command_prints_its_figures(categories, capsys):
    call_command("measure_suggestion", texts=600, seed=1)
    said = capsys.readouterr().out
    assert "macro-F1" in said
    assert not SuggestionModel.objects.exists()
