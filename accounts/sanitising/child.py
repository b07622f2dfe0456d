"""
The child process that parses one foreign file: bytes in on stdin, one header line and bytes out.

`python -m accounts.sanitising.child`. Its memory and time end where the limits below say, so a
bomb or a decoder's crash costs a refusal and never the web worker.
"""

from __future__ import annotations

import json
import resource
import sys

from accounts.sanitising.kinds import Clean, Kind, Unfit, kind_of

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20


def clean(data: bytes) -> Clean:
    """Return a harmless rewrite of a file of any kind we take; raise Unfit."""
    kind = kind_of(data)
    # Imported late: the parsers are heavy, and a refusal by first bytes needs none.
    if kind is Kind.PDF:
        from accounts.sanitising import pdfs

        return pdfs.sanitise(data)
    from accounts.sanitising import images

    return images.sanitise(data, kind)


def main() -> int:
    """Read, sanitise, write; a refusal is an answer too, so it exits 0."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        made = clean(sys.stdin.buffer.read())
    except Unfit as unfit:
        out.write(json.dumps({"refused": unfit.reason.value}).encode() + b"\n")
        return 0
    header = {
        "media_type": made.media_type,
        "width": made.width,
        "height": made.height,
        "pages": made.pages,
        "sizes": [len(made.data), len(made.thumbnail)],
    }
    out.write(json.dumps(header).encode() + b"\n")
    out.write(made.data)
    out.write(made.thumbnail)
    return 0


if __name__ == "__main__":
    sys.exit(main())
