"""What a hook does to a run: limits that it raises are obeyed, other errors are logged."""

from typing import Any

from inspect_ai.hooks import Hooks, hooks
from inspect_ai.solver import generate
from inspect_ai.util import LimitExceededError

from parts import fail
from scenario import Function, Run, Skip, scenario, task


def raise_in(hook: str, error: Exception, times: int = 1) -> None:
    """Registers a hook that raises when it is called first; the recorder is called before it."""
    left = [times]

    async def raising(self: Hooks, data: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise error

    if not hasattr(Hooks, hook):
        raise Skip(f"no {hook}")
    hooks(name="raises", description="Raises.")(type("Raises", (Hooks,), {hook: raising}))


def limit() -> LimitExceededError:
    return LimitExceededError("custom", value=2, limit=1, message="A hook says that it is enough.")


def raises_limit(hook: str) -> Function:
    def run_it(run: Run) -> None:
        raise_in(hook, limit())
        try:
            run.eval(task(run.name, 2), max_samples=1)
        except (LimitExceededError, KeyError) as error:
            print(error)

    return run_it


for hook in (
    "run_start",
    "task_start",
    "sample_init",
    "sample_start",
    "sample_attempt_start",
    "before_model_generate",
    "model_usage",
    "sample_event",
    "sample_scoring",
    "sample_attempt_end",
    "sample_end",
    "task_end",
    "run_end",
):
    scenario(f"hook_limit_in_{hook}")(raises_limit(f"on_{hook}"))


@scenario()
def hook_limit_in_retry(run: Run) -> None:
    """While a model call is tried again."""
    from fake_model import RateLimit, fake

    def script(call: object) -> str:
        raise RateLimit("too many requests")

    fake(run.name, script)
    raise_in("on_model_retry", limit())
    run.eval(task(run.name, 1))


@scenario()
def hook_limit_in_cache_usage(run: Run) -> None:
    raise_in("on_model_cache_usage", limit())
    run.eval(task(run.name, 1, solver=[generate(cache=True), generate(cache=True)]), epochs=1)
    run.eval(task(run.name, 1, solver=[generate(cache=True), generate(cache=True)]), epochs=1)


@scenario()
def hook_error_in_sample_start(run: Run) -> None:
    """Is a warning within the sample."""
    raise_in("on_sample_start", ValueError("a hook fails"))
    run.eval(task(run.name, 1))


@scenario()
def hook_error_in_sample_event(run: Run) -> None:
    """Each warning is an event again."""
    raise_in("on_sample_event", ValueError("a hook fails"), times=3)
    run.eval(task(run.name, 1))


@scenario()
def hook_error_in_sample_end(run: Run) -> None:
    raise_in("on_sample_end", ValueError("a hook fails"))
    run.eval(task(run.name, 2, solver=[generate(), fail(times=1)]), retry_on_error=1, max_samples=1)


@scenario()
def hook_changes_what_is_sent(run: Run) -> None:
    """A hook that changes the input and the configuration of a model call."""
    from inspect_ai.model import ChatMessageUser

    async def change(self: Hooks, data: Any) -> None:
        data.input.append(ChatMessageUser(content="added by a hook"))
        data.config.temperature = 0.123

    hooks(name="changes", description="Changes.")(type("Changes", (Hooks,), {"on_before_model_generate": change}))
    run.eval(task(run.name, 1))
