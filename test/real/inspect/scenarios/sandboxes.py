"""Sandboxes: what is done in them, and ones that fail to start."""

from typing import Literal

from inspect_ai.dataset import Sample
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.tool import bash, python
from inspect_ai.util import ExecResult, SandboxEnvironment, sandbox, sandboxenv

from fake_model import fake, tool_calls
from parts import fail, fails
from scenario import Run, scenario, task


@solver
def uses_sandbox() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        box = sandbox()
        await box.exec(["sh", "-c", "echo out; echo err >&2; exit 3"], env={"A": "b"}, input="in")
        await box.write_file("text.txt", "written " * 30)
        await box.write_file("bytes.bin", b"\x00\xff")
        await box.read_file("text.txt")
        await box.read_file("bytes.bin", text=False)
        try:
            await box.read_file("missing.txt")
        except FileNotFoundError:
            pass
        try:
            await box.exec(["sleep", "20"], timeout=1)
        except TimeoutError:
            pass
        return await generate(state)

    return solve


@scenario()
def sandbox_used(run: Run) -> None:
    run.eval(task(run.name, 1, solver=uses_sandbox(), sandbox="local"))


@scenario()
def sandbox_files_and_setup(run: Run) -> None:
    setup = "#!/bin/sh\ncat a.txt > copied.txt\n"
    files = {"a.txt": "the content of a", "folder/b.txt": "the content of b"}
    dataset = [Sample(id=n, input="What is 1+1?", target="2", files=files, setup=setup) for n in (1, 2)]
    run.eval(task(run.name, dataset, solver=[reads("copied.txt"), generate()], sandbox="local"))


@solver
def reads(file: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.metadata["read"] = await sandbox().read_file(file)
        return state

    return solve


@scenario()
def sandbox_setup_fails(run: Run) -> None:
    dataset = [Sample(id=1, input="What is 1+1?", target="2", setup="#!/bin/sh\necho no >&2\nexit 1\n")]
    run.eval(task(run.name, dataset, sandbox="local"), fail_on_error=False)


@scenario()
def sandbox_of_sample(run: Run) -> None:
    """One sample has a sandbox, the other none."""
    dataset = [Sample(id=1, input="What is 1+1?", target="2", sandbox="local"), Sample(id=2, input="Who?", target="me")]
    run.eval(task(run.name, dataset))


@scenario()
def sandbox_tools(run: Run) -> None:
    calls = [
        ("bash", {"command": "echo $((1+1))"}),
        ("python", {"code": "print(1+1)"}),
        ("bash", {"command": "exit 2"}),
    ]
    fake(run.name, lambda call: tool_calls(*calls) if call.turn == 1 else "2")
    run.eval(task(run.name, 1, solver=[use_tools(bash(), python()), generate()], sandbox="local"))


@scorer(metrics=[accuracy()])
def looks_into_sandbox() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        result = await sandbox().exec(["echo", "scored"])
        return Score(value="C" if result.success else "I", answer=result.stdout)

    return score


@scenario()
def sandbox_in_scorer(run: Run) -> None:
    run.eval(task(run.name, 1, scorer=looks_into_sandbox(), sandbox="local"), retry_on_error=1)


@scenario()
def sandbox_and_retry(run: Run) -> None:
    solvers = [uses_sandbox_once(), generate(), fail(times=1)]
    run.eval(task(run.name, 1, solver=solvers, sandbox="local"), retry_on_error=1)


@solver
def uses_sandbox_once() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await sandbox().exec(["echo", "once"])
        return state

    return solve


class Flaky(SandboxEnvironment):
    """Fails to start as often as is said for the task."""

    @classmethod
    async def sample_init(
        cls, task_name: str, config: object, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        fails(f"sandbox of {task_name}", {"sandbox_fails_then_starts": 1, "sandbox_never_starts": 99}.get(task_name, 0))
        return {"default": cls()}

    @classmethod
    async def sample_cleanup(
        cls, task_name: str, config: object, environments: dict[str, SandboxEnvironment], interrupted: bool
    ) -> None:
        if task_name == "sandbox_cleanup_fails":
            raise RuntimeError("cannot clean up")

    async def exec(self, cmd: list[str], *args: object, **options: object) -> ExecResult[str]:
        return ExecResult(True, 0, " ".join(cmd), "")

    async def write_file(self, file: str, contents: str | bytes) -> None:
        pass

    async def read_file(self, file: str, text: Literal[True, False] = True) -> str | bytes:  # type: ignore[override]
        return "read" if text else b"read"


@sandboxenv(name="flaky")
def flaky_sandbox() -> type[SandboxEnvironment]:
    return Flaky


@scenario()
def sandbox_fails_then_starts(run: Run) -> None:
    run.eval(task(run.name, 1, solver=[uses_sandbox_once(), generate()], sandbox="flaky"), retry_on_error=2)


@scenario()
def sandbox_never_starts(run: Run) -> None:
    run.eval(task(run.name, 2, sandbox="flaky"), retry_on_error=1, fail_on_error=False)


@scenario()
def sandbox_fails_after_first_attempt(run: Run) -> None:
    """The first attempt runs and fails; the second has no sandbox; the third runs."""
    solvers = [generate(), fail(times=1)]
    run.eval(task(run.name, 1, solver=solvers, sandbox="second"), retry_on_error=3)


class FailsSecond(Flaky):
    starts = 0

    @classmethod
    async def sample_init(
        cls, task_name: str, config: object, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        FailsSecond.starts += 1
        if FailsSecond.starts == 2:
            raise RuntimeError("no sandbox this time")
        return {"default": cls()}


@sandboxenv(name="second")
def second_sandbox() -> type[SandboxEnvironment]:
    return FailsSecond


@scenario()
def sandbox_cleanup_fails(run: Run) -> None:
    run.eval(task(run.name, 1, sandbox="flaky"), fail_on_error=False)
