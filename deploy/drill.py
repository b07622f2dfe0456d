"""
`make drill`: the training portal beside the real one, in a database of its own on the same server.

Of the real database it reads registry, norms and the staff's accounts, once, before it opens. It
starts a web server and the player of the storm; no worker, no beat, no relay: nothing can leave.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from deploy.local import EmbeddedPostgres, create_database, remembered_port  # noqa: E402
from deploy.prepare import ACCOUNTS  # noqa: E402
from deploy.run import CannotStart, Portal, commands, run, say  # noqa: E402

SUFFIX = "_drill"
STAFF = ("operator", "chief", "admin")
WAIT_SECONDS = 20


def drill_url(city: str) -> str:
    """Return the address of the drill's database beside the `city`'s; raise CannotStart."""
    parts = urlsplit(city)
    name = parts.path.strip("/")
    if not name or name.endswith(SUFFIX):
        raise CannotStart("DATABASE_URL must name the real portal's database, not a drill's")
    return parts._replace(path=f"/{name}{SUFFIX}").geturl()


class DrillPortal(Portal):
    """The drill's processes; `home` is the folder of the portal it stands beside."""

    def __init__(self, *, home: Path, port: int) -> None:
        super().__init__(data=home / "drill", port=port)
        self.home = home
        self.city = ""

    def commands(self) -> dict[str, list[str]]:
        """Return the web server and the player, and nothing that sends."""
        web = commands(port=self.port, data=self.data)["web"]
        return {"web": web, "player": [sys.executable, "manage.py", "play_drill"]}

    def _start_servers(self) -> None:
        self.city = os.environ.get("DATABASE_URL") or self._embedded()
        os.environ["DATABASE_URL"] = drill_url(self.city)
        os.environ["DRILL"] = "1"
        # What leads to the city's people and files has no business here.
        for name in ("EMAIL_URL", "STORAGE_URL", "DRILL_URL", "SENTRY_DSN"):
            os.environ.pop(name, None)
        self._make_database()

    def _embedded(self) -> str:
        """Return the demo's database: of the portal that runs, else of a server started here."""
        self.home.mkdir(parents=True, exist_ok=True)
        remembered = self.home / "postgres.port"
        self.home_lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(self.home_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            try:
                number = int(remembered.read_text())
            except (OSError, ValueError):
                raise CannotStart("name the running portal's database in DATABASE_URL") from None
            return f"postgres://postgres:postgres@127.0.0.1:{number}/contact_center"
        port = remembered_port(remembered)
        self.postgres = EmbeddedPostgres(self.home / "postgres", port, connections=60).start()
        self.postgres.create_database("contact_center")
        city = self.postgres.url + "contact_center"
        say("Preparing the city:")
        self._run_prepare([], {"DATABASE_URL": city, "DATA_DIR": str(self.home)})
        return city

    def _make_database(self) -> None:
        import psycopg2

        name = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                create_database(self.city, name)
                return
            except psycopg2.OperationalError as away:
                if time.monotonic() > until:
                    raise CannotStart(f"the real portal's database does not answer: {away}") from (
                        None
                    )
                time.sleep(0.5)

    def _prepare(self) -> None:
        self._run_prepare(["--drill"], {"DRILL_CITY": self.city})
        self._copy_accounts()

    def _copy_accounts(self) -> None:
        """Tell the demo's accounts here too: of the staff, whom alone a drill lets in."""
        try:
            demo = json.loads((self.home / ACCOUNTS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        staff = {role: known for role, known in demo["accounts"].items() if role in STAFF}
        target = self.data / ACCOUNTS
        target.touch(mode=0o600)
        target.write_text(json.dumps({"accounts": staff}), encoding="utf-8")

    def _run_prepare(self, words: list[str], variables: dict[str, str]) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "deploy.prepare", *words],
            cwd=ROOT,
            check=False,
            env={**os.environ, **variables},
        )
        if done.returncode:
            raise CannotStart("preparing failed; the lines above say why")

    def _introduce(self, seconds: float) -> None:
        super()._introduce(seconds)
        say(f"This is a DRILL. The head starts the storm: {os.environ['PUBLIC_URL']}/admin/drill/")

    def prepare_only(self) -> None:
        """Make database and contents ready and leave; containers start the processes themselves."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._start_servers()
        self._prepare()


def main() -> int:
    """Run the drill portal until a signal."""
    home = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
    port = int(os.environ.get("DRILL_PORT") or int(os.environ.get("PORT") or 8000) + 1)
    # The real portal's address would be refused here as a foreign one.
    os.environ["PUBLIC_URL"] = os.environ.get("DRILL_URL") or f"http://127.0.0.1:{port}"
    portal = DrillPortal(home=home, port=port)
    if "--prepare-only" in sys.argv:
        try:
            portal.prepare_only()
        except CannotStart as reason:
            say(f"Cannot start: {reason}")
            return 1
        return 0
    return run(portal)


if __name__ == "__main__":
    sys.exit(main())
