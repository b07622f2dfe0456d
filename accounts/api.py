"""API of this room: sending a file that a request will name."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import uploads
from accounts.actors import Actor
from accounts.client_address import client_address
from accounts.models import Upload
from accounts.problems import Problem
from accounts.rest.call import Call
from accounts.rest.refusals import too_many

# Boundaries and headers of the multipart form around the file.
FORM_OVERHEAD = 64 * 1024


class UploadIn(serializers.Serializer):
    """The form's one field."""

    file = serializers.FileField()


class UploadOut(serializers.ModelSerializer):
    """What a taken file is called from now on."""

    class Meta:
        model = Upload
        fields = ("id", "media_type", "size")


class UploadView(Call):
    """Takes one photo or document; its id then goes into a request's `uploads`."""

    scope_write = "requests:write"

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="uploads_create",
        request={"multipart/form-data": UploadIn},
        responses={201: UploadOut},
        tags=["uploads"],
    )
    def post(self, request: Request) -> Response:
        """Sanitise and keep the file."""
        _refuse_too_large(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            raise ValidationError({"file": [ErrorDetail(_("Choose a file."), code="required")]})
        try:
            upload = uploads.accept(
                file, by=actor, address=client_address(request._request), at=now()
            )
        except uploads.Rejected as rejected:
            if rejected.code == uploads.TOO_MANY:
                raise too_many(
                    rejected.message,
                    code="too_many_files",
                    retry_after_seconds=rejected.retry_after_seconds,
                ) from None
            if rejected.code == uploads.BUSY:
                raise Problem(
                    rejected.message,
                    code=rejected.code,
                    status_code=status.HTTP_503_SERVICE_UNAVAILABLE,
                    retry_after_seconds=30,
                ) from None
            raise ValidationError(
                {"file": [ErrorDetail(rejected.message, code=rejected.code)]}
            ) from None
        return Response(UploadOut(upload).data, status=status.HTTP_201_CREATED)


def _refuse_too_large(request: Request) -> None:
    """Refuse by the header, before a byte of the body is read to disk."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > uploads.MAX_BYTES + FORM_OVERHEAD:
        raise Problem(
            uploads.Rejected("file_too_large").message,
            code="file_too_large",
            status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
        )
