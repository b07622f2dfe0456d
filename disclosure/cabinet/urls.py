"""Addresses of the cabinet."""

from django.urls import path

from disclosure.cabinet import files, filling, houses_sheet, overview

app_name = "cabinet"
_FORM = "<str:inn>/<str:place>/<str:key>/"
urlpatterns = [
    path("", overview.index, name="index"),
    path("<str:inn>/", overview.company, name="company"),
    path("<str:inn>/houses/", overview.houses, name="houses"),
    path("<str:inn>/houses/sheet/", houses_sheet.upload, name="houses_sheet"),
    path("<str:inn>/houses/houses.xlsx", houses_sheet.download, name="houses_sheet_file"),
    path("<str:inn>/<int:pk>/", overview.house, name="house"),
    path(_FORM, filling.edit, name="edit"),
    path(f"{_FORM}preview/", filling.preview, name="preview"),
    path(f"{_FORM}publish/", filling.publish, name="publish"),
    path(f"{_FORM}conflict/<int:stale_id>/", filling.conflict, name="conflict"),
    path(f"{_FORM}upload/", files.upload, name="upload"),
    path(f"{_FORM}template.<str:ext>", files.download, name="download"),
    path(f"{_FORM}files/<uuid:upload_id>/", filling.file, name="file"),
]
