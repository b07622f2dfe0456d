"""STORAGE_URL: where uploaded files are kept, as one address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def parse(url: str) -> dict[str, Any]:
    """
    Return the entry of Django's STORAGES for `url`; raise ImproperlyConfigured.

    `file:///folder`, or `s3://key:secret@host:port/bucket?region=…&tls=0` for any server that
    speaks S3.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": unquote(parts.path),
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    bucket = parts.path.strip("/")
    if not (parts.hostname and parts.username and parts.password and bucket):
        raise ImproperlyConfigured("STORAGE_URL must be s3://key:secret@host/bucket")
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    scheme = "http" if asked.get("tls") == "0" else "https"
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "endpoint_url": f"{scheme}://{host}",
            "region_name": asked.get("region"),
            # A file is seen through the portal, after its check of who looks, and in no other way.
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }
