"""
Making foreign files harmless, without Django: hostile bytes are parsed in a child process.

`child.py` is that process; `images.py` and `pdfs.py` are pure and may be called directly on files
we made ourselves.
"""
