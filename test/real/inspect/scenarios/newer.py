"""What only newer versions of Inspect have: reviews, samples added while a task runs, more events."""

from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.event import AnchorEvent, BranchEvent, InputEvent
from inspect_ai.log import EvalSample, transcript
from inspect_ai.model import ChatMessage, ChatMessageTool
from inspect_ai.review import Review, Reviewer, ReviewPolicy, reviewer
from inspect_ai.scorer import match
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.tool import ToolCall, ToolCallView, ToolResult

from fake_model import fake, tool_calls
from parts import add
from scenario import Run, scenario, task


@reviewer
def doubtful() -> Reviewer:
    """Stops the sample when the result is 5, escalates when it is 4."""

    async def review(
        message: str,
        call: ToolCall,
        result: ChatMessageTool,
        output: ToolResult,
        view: ToolCallView,
        history: list[ChatMessage],
    ) -> Review:
        match result.text:
            case "5":
                return Review(decision="terminate", explanation="five", metadata={"why": None})
            case "4":
                return Review(decision="escalate")
        return Review(decision="continue", explanation="fine")

    return review


@reviewer
def patient() -> Reviewer:
    async def review(*args: object, **options: object) -> Review:
        return Review(decision="continue")

    return review


@scenario()
def reviews(run: Run) -> None:
    policies = [ReviewPolicy(doubtful(), "add"), ReviewPolicy(patient(), "*")]
    fake(run.name, lambda call: tool_calls(("add", {"x": call.turn, "y": 2})))
    run.eval(task(run.name, 1, solver=[use_tools(add()), generate()]), review=policies)


try:
    from inspect_ai import SampleSource
except ImportError:
    from inspect_ai._eval.task.sample_source import SampleSource


class Grows(SampleSource):
    """Adds a sample after each that is complete, until there are three."""

    def initial_samples(self) -> list[Sample]:
        return [Sample(id="first", input="What is 1+1?", target="2")]

    async def sample_complete(self, sample: EvalSample) -> list[Sample] | None:
        if sample.id == "third":
            return None
        following = {"first": "second", "second": "third"}[str(sample.id)]
        return [Sample(id=following, input=f"What follows {sample.id}?", target="2")]


@scenario()
def samples_added_while_running(run: Run) -> None:
    fake(run.name, lambda call: "2")
    run.eval(Task(name=run.name, dataset=Grows(), solver=generate(), scorer=match()))


@solver
def writes_rare_events() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        write = transcript()._event
        write(AnchorEvent(anchor_id="anchor-1", source="scenario"))
        state = await generate(state)
        write(BranchEvent(from_anchor="anchor-1"))
        write(
            InputEvent(
                input="yes", input_ansi="\x1b[1myes\x1b[0m", message="Go on?", outcome="accepted", content={"a": None}
            )
        )
        return state

    return solve


@scenario()
def rare_events(run: Run) -> None:
    run.eval(task(run.name, 1, solver=writes_rare_events()))


@scenario()
def tasks_added_while_running(run: Run) -> None:
    """One after a sample, and one after the tasks so far."""
    from inspect_ai import TaskSource

    class Adds(TaskSource):
        asked = 0

        def initial_tasks(self) -> list[Task]:
            return [task("first", 2)]

        async def next_tasks(self) -> list[Task] | None:
            self.asked += 1
            return [task("last", 1)] if self.asked == 1 else None

        async def sample_complete(self, sample: EvalSample, task_: Task) -> list[Task] | None:
            return [task("in between", 1)] if task_.name == "first" and sample.id == 2 else None

    run.eval(Adds())
