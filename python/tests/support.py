"""What several tests need."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).parent.parent
UNINSTALLED = [str(PROJECT / "boot"), str(PROJECT / "src")]
"""What `evalspan run` puts on PYTHONPATH."""

if str(PROJECT / "src") not in sys.path:
    sys.path.insert(0, str(PROJECT / "src"))


def uninstalled(**variables: str) -> dict[str, str]:
    """The environment of a process that has the forwarder as `evalspan run` gives it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EVALSPAN_", "INSPECT_"))}
    mine = {"PYTHONPATH": os.pathsep.join(UNINSTALLED), "PYTHONDONTWRITEBYTECODE": "1", "INSPECT_DISPLAY": "none"}
    return kept | mine | variables


class InFolder(unittest.TestCase):
    """A test with a folder of its own, for the logs and the socket."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="fwd-", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.socket = self.folder / "x.sock"

    def start(self, *arguments: str, env: dict[str, str], python: str = sys.executable) -> Child:
        """Python in the test's folder."""
        pipe = subprocess.PIPE
        return Child([python, *arguments], env=env, cwd=self.folder, stdout=pipe, stderr=pipe, text=True)


class Child(subprocess.Popen[str]):
    def ends(self, code: int = 0) -> tuple[str, str]:
        """What it wrote on stdout and stderr."""
        out, err = self.communicate(timeout=150)
        if self.returncode != code:
            raise AssertionError(f"ended with {self.returncode}\n{out}\n{err}")
        return out, err


def lines_of(err: str) -> list[str]:
    """What the forwarder said."""
    return [line for line in err.splitlines() if line.startswith("evalspan:")]
