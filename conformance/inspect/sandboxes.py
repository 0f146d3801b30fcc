"""A sandbox that does nothing, after it has failed to start as often as the scenario says."""

from typing import Any

from inspect_ai.util import ExecResult, SandboxEnvironment, sandboxenv

from errors import fail_times

_said: dict[str, Any] = {}


def use_sandbox(said: dict[str, Any]) -> None:
    _said.update(said)


@sandboxenv(name="scripted")
class ScriptedSandbox(SandboxEnvironment):
    @classmethod
    async def sample_init(cls, task_name: str, config: Any, metadata: dict[str, str]) -> dict[str, SandboxEnvironment]:
        said = _said[task_name]
        if said.get("times", 1) > 0:
            # No sample is active yet in which it could be counted.
            fail_times(("sandbox", task_name), {"type": "RuntimeError", "message": "no sandbox"} | said | {"by": "all"})
        return {"default": cls()}

    @classmethod
    async def sample_cleanup(cls, *args: Any) -> None:
        pass

    async def exec(self, *args: Any, **options: Any) -> ExecResult[str]:
        return ExecResult(True, 0, "", "")

    async def write_file(self, file: str, contents: str | bytes) -> None:
        pass

    async def read_file(self, file: str, text: bool = True) -> Any:
        return ""
