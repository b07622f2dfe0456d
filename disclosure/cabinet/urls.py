"""Addresses of the cabinet."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import path

from disclosure.cabinet import files, filling, houses_sheet, overview
from disclosure.cabinet.tabs import Maker

app_name = "cabinet"
_FORM = "<str:inn>/<str:place>/<str:key>/"
urlpatterns = [
    path("<str:inn>/houses/sheet/", houses_sheet.upload, name="houses_sheet"),
    path("<str:inn>/houses/houses.xlsx", houses_sheet.download, name="houses_sheet_file"),
    path(_FORM, filling.edit, name="edit"),
    path(f"{_FORM}preview/", filling.preview, name="preview"),
    path(f"{_FORM}publish/", filling.publish, name="publish"),
    path(f"{_FORM}conflict/<int:stale_id>/", filling.conflict, name="conflict"),
    path(f"{_FORM}upload/", files.upload, name="upload"),
    path(f"{_FORM}template.<str:ext>", files.download, name="download"),
    path(f"{_FORM}files/<uuid:upload_id>/", filling.file, name="file"),
]


def joined(*, tabs: Sequence[Maker], without_forms: str) -> tuple[list, str]:
    """Return the cabinet's addresses; its pages show the tabs of every room, in the order given."""
    makers = {"makers": tuple(tabs)}
    pages = [
        path("", overview.index, {"without_forms": without_forms}, name="index"),
        path("<str:inn>/", overview.company, makers, name="company"),
        path("<str:inn>/houses/", overview.houses, makers, name="houses"),
        path("<str:inn>/<int:pk>/", overview.house, makers, name="house"),
    ]
    return [*pages, *urlpatterns], app_name
