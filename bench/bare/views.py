"""A plain JSON view that does the statements of a recorded call and returns their rows."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse

from bench.recording import Script, load, play


@cache
def _script(name: str) -> Script:
    return load(Path(os.environ["BENCH_SCRIPTS"]), name)


def again(request: HttpRequest, name: str) -> JsonResponse:
    """Do the call `name` again; a body of JSON says which values it has instead."""
    script = _script(name)
    instead = json.loads(request.body) if request.body else {}
    if script.writes:
        with transaction.atomic(), connection.cursor() as cursor:
            rows, made = play(script, cursor, instead)
    else:
        with connection.cursor() as cursor:
            rows, made = play(script, cursor, instead)
    return JsonResponse({"rows": rows, "made": made}, json_dumps_params={"default": str})
