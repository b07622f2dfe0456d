"""`manage.py measure_suggestion`: how well and fast matters are suggested, on invented texts."""

from __future__ import annotations

import statistics
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact_center.demo_city import telling
from contact_center.demo_city.telling import Noise, Told
from requests_app.models import Category
from requests_app.suggestion import keeping, scoring, suggesting
from requests_app.suggestion.lexicon import Lexicon, phrases

NOISE = Noise(lost=0.25, slips=0.15)
WRONG = 0.1


class Command(BaseCommand):
    help = (
        "Learn from invented descriptions and print accuracy, macro-F1 and times; stores nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--texts", type=int, default=keeping.MOST_TEXTS)
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, texts: int, seed: int, **options: Any) -> None:
        # Here and not above: other commands carry nothing of scikit-learn.
        from requests_app.suggestion import training

        leaves = list(Category.objects.exclude(parent=None).order_by("slug"))
        if not leaves:
            raise CommandError("There are no categories yet: run load_categories first.")
        names = {leaf.slug: leaf.name for leaf in leaves}
        known = phrases(suggesting.told(leaf) for leaf in leaves)
        dice = telling.dice(seed)
        held = texts // keeping.HELD_OUT_OF
        learnt = telling.tell(
            names, texts, dice=dice, apart=True, noise=Noise(NOISE.lost, NOISE.slips, WRONG)
        )
        trials: dict[str, list[Told]] = {
            "phrases learnt from": telling.tell(names, held, dice=dice, apart=True),
            "the same, words lost and misspelt": telling.tell(
                names, held, dice=dice, apart=True, noise=NOISE
            ),
            "phrases never learnt from": telling.tell(names, held, dice=dice, only_apart=True),
            "the same, words lost and misspelt, too": telling.tell(
                names, held, dice=dice, only_apart=True, noise=NOISE
            ),
        }
        began = time.process_time()
        model = training.train(
            [one.text for one in learnt], [one.slug for one in learnt], known=known
        )
        took = time.process_time() - began
        vocabulary, weights = scoring.pack(model)
        self.stdout.write(
            f"learnt from {texts:,} texts in {took:.0f} s of processor time:"
            f" {len(model.classes)} matters,"
            f" {len(model.vocabulary):,} features, {(len(vocabulary) + len(weights)) / 1e6:.1f} MB"
        )
        lexicon = Lexicon(known)
        for name, told in trials.items():
            self._say(name, "lexicon", lexicon, told)
            self._say(name, "learnt", model, told)
            self._say(name, "both", scoring.Together(model, lexicon), told)

    def _say(self, trial: str, who: str, model: scoring.Suggests, told: list[Told]) -> None:
        times = []
        for one in told[:500]:
            began = time.perf_counter()
            model.shares(one.text)
            times.append((time.perf_counter() - began) * 1000)
        found = keeping.measured(model, [(one.text, one.slug) for one in told])
        self.stdout.write(
            f"{trial:<40} {who:<8} accuracy {found.accuracy:.3f}  in three"
            f" {found.in_best_three:.3f}  macro-F1 {found.macro_f1:.3f}"
            f"  median {statistics.median(times):.2f} ms"
        )
