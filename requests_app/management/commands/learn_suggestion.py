"""`manage.py learn_suggestion`: the nightly lesson of suggested matters, by hand."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from requests_app.suggestion import keeping


class Command(BaseCommand):
    """Safe to run beside the nightly one: the second of two does nothing."""

    help = "Learn a model of suggested matters from closed requests; keep it if it is not worse."

    def handle(self, *args: object, **options: object) -> None:
        """Learn and say what came of it."""
        kept = keeping.learn(at=now())
        if kept is None:
            self.stdout.write("nothing learnt: too few closed requests, or another process learns")
            return
        figures = ", ".join(
            f"{name} {kept.before[name]:.3f} -> {kept.metrics[name]:.3f}"
            for name in ("accuracy", "in_best_three", "macro_f1")
        )
        verdict = "in use" if kept.is_used else "worse, not used"
        self.stdout.write(f"version {kept.pk}, {kept.learnt} texts, {figures}: {verdict}")
