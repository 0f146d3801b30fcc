"""The entry point of this folder: finds the forwarder where Python runs no sitecustomize (`python -S`)."""

import evalspan_inspect  # noqa: F401
