"""Ctrl-C, some time after a hook was called."""

import os
import signal
from dataclasses import dataclass
from threading import Timer


@dataclass(frozen=True)
class Cancel:
    hook: str
    nth: int
    after: float

    def start(self) -> None:
        timer = Timer(self.after, os.kill, (os.getpid(), signal.SIGINT))
        timer.daemon = True
        timer.start()
