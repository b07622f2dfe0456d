"""`make test`: every test on all cores, with a browser if this machine can have one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str:
    """Return the path of an installed Chromium, or an empty string."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def install_browser() -> str:
    """Install Debian's Chromium where we may; return its path or an empty string."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return ""
    print("Installing chromium for the browser tests …", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(
            ["apt-get", "-qq", *words], env=quiet, check=False, stdout=subprocess.DEVNULL
        )
    return find_browser()


def main() -> int:
    """Run pytest with the arguments given, or everything."""
    words = sys.argv[1:]
    if "not browser" not in " ".join(words):
        browser = find_browser() or install_browser()
        if browser:
            os.environ["CHROMIUM"] = browser
        elif os.environ.get("CI"):
            print("No chromium here, and CI must not go without browser tests.")
            return 1
    # Those that drive the running portal come by themselves: its relay and worker would take the
    # messages of the others.
    live = "browser or service"
    rounds = [words] if words else [["-m", f"not ({live})"], ["-m", live]]
    return max(pytest(*chosen) for chosen in rounds)


def pytest(*words: str) -> int:
    """Run pytest on two processes, which suit two cores; return its exit code."""
    parallel = ["-n", os.environ.get("TEST_PROCESSES", "2"), "--dist", "worksteal"]
    argv = [sys.executable, "-m", "pytest", *parallel, "--durations=10", *words]
    return subprocess.run(argv, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
