"""The script that anybody runs against a published rating: given away as it stands here."""

from pathlib import Path

SCRIPT = Path(__file__).with_name("verify.py")
