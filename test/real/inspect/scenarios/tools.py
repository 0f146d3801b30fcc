"""Tools: what they return, how they fail, who approves them."""

import asyncio
import subprocess

from inspect_ai.approval import Approval, ApprovalPolicy, Approver, approver, auto_approver
from inspect_ai.model import ChatMessage, ContentImage, ContentText, ModelOutput, execute_tools
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, use_tools
from inspect_ai.tool import Tool, ToolCall, ToolCallContent, ToolCallView, ToolError, ToolResult, tool
from inspect_ai.util import message_limit, token_limit

from fake_model import Call, Script, fake, tool_calls
from parts import add, sleeps
from scenario import Run, scenario, task


def once(*calls: tuple[str, dict[str, object]]) -> Script:
    """A script that calls these tools in its first turn."""
    return lambda call: tool_calls(*calls) if call.turn == 1 else "2"


@tool(parallel=True)
def misbehaves() -> Tool:
    async def execute(how: str) -> ToolResult:
        """Does what is asked.

        Args:
            how: What to do.
        """
        match how:
            case "tool error":
                raise ToolError("The tool says no.")
            case "timeout":
                raise TimeoutError("took too long")
            case "permission":
                raise PermissionError(13, "Permission denied", "/etc/shadow")
            case "missing":
                raise FileNotFoundError(2, "No such file", "nothing.txt")
            case "directory":
                raise IsADirectoryError(21, "Is a directory", "/")
            case "unicode":
                b"\xff".decode("utf-8")
            case "unknown":
                raise RuntimeError("nobody expects this")
            case "limit":
                with token_limit(1):
                    from inspect_ai.model import get_model

                    await get_model().generate("within the tool")
            case "nothing":
                return ""
            case "number":
                return 1.5
            case "true":
                return True
            case "content":
                return [ContentText(text="a text"), ContentImage(image="data:image/png;base64,iVBORw0KGgo=")]
            case "long":
                return "x" * 20000
        return how

    return execute


def each(*ways: str) -> Script:
    return once(*[("misbehaves", {"how": how}) for how in ways])


@scenario()
def tool_results(run: Run) -> None:
    fake(run.name, each("nothing", "number", "true", "content", "long"))
    run.eval(task(run.name, 1, solver=[use_tools(misbehaves()), generate()]), max_tool_output=200)


@scenario()
def tool_errors(run: Run) -> None:
    fake(run.name, each("tool error", "timeout", "permission", "missing", "directory", "unicode"))
    run.eval(task(run.name, 1, solver=[use_tools(misbehaves()), generate()]))


@scenario()
def tool_raises_unknown(run: Run) -> None:
    """Ends the sample; what ran beside it is cancelled."""
    fake(run.name, once(("misbehaves", {"how": "unknown"}), ("sleeps", {"seconds": 20})))
    run.eval(task(run.name, 1, solver=[use_tools(misbehaves(), sleeps()), generate()]), fail_on_error=False)


@scenario()
def tool_raises_unknown_and_is_retried(run: Run) -> None:
    def script(call: Call) -> ModelOutput | str:
        return tool_calls(("misbehaves", {"how": "unknown" if call.number == 1 else "fine"})) if call.turn == 1 else "2"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=[use_tools(misbehaves()), generate()]), retry_on_error=1)


@scenario()
def tool_exceeds_limit(run: Run) -> None:
    fake(run.name, each("limit"))
    run.eval(task(run.name, 1, solver=[use_tools(misbehaves()), generate()]))


@scenario()
def tool_parse_errors(run: Run) -> None:
    """Wrong arguments, unknown tools, and calls that the provider could not parse."""

    def script(call: Call) -> ModelOutput | str:
        if call.turn > 1:
            return "2"
        output = tool_calls(("add", {"x": "one"}), ("add", {"x": 1, "y": 2, "z": 3}), ("unknown", {}), ("add", {}))
        assert output.message.tool_calls
        output.message.tool_calls[3].parse_error = "cannot be parsed: {x"
        return output

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=[use_tools(add()), generate()]))


@scenario()
def tools_in_parallel(run: Run) -> None:
    """Calls of the same tool at the same time that end in another order; two of them have the same arguments."""
    calls = [("sleeps", {"seconds": seconds}) for seconds in (0.15, 0.05, 0.1, 0.05)]
    fake(run.name, once(*calls))
    run.eval(task(run.name, 2, solver=[use_tools(sleeps()), generate()]))


@tool
def one_by_one() -> Tool:
    async def execute(seconds: float) -> str:
        """Waits, and nothing else at the same time.

        Args:
            seconds: How long.
        """
        await asyncio.sleep(seconds)
        return "done"

    return execute


@scenario()
def tools_one_by_one(run: Run) -> None:
    calls = [("one_by_one", {"seconds": 0.05}), ("sleeps", {"seconds": 0.02}), ("one_by_one", {"seconds": 0.01})]
    fake(run.name, once(*calls))
    run.eval(task(run.name, 1, solver=[use_tools(one_by_one(), sleeps()), generate()]))


@scenario()
def tool_cut_off_by_time_limit(run: Run) -> None:
    fake(run.name, once(("sleeps", {"seconds": 20}), ("sleeps", {"seconds": 0.01})))
    run.eval(task(run.name, 1, solver=[use_tools(sleeps()), generate()]), time_limit=1)


@tool
def message_limited() -> Tool:
    async def execute() -> str:
        """Has a limit of its own."""
        from inspect_ai.model import ChatMessageUser, get_model

        with message_limit(1):
            await get_model().generate([ChatMessageUser(content="one"), ChatMessageUser(content="two")])
        return "within the limit"

    return execute


@scenario()
def tool_with_message_limit(run: Run) -> None:
    fake(run.name, once(("message_limited", {})))
    run.eval(task(run.name, 1, solver=[use_tools(message_limited()), generate()]))


@solver
def tool_loop_of_own() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        while True:
            state = await generate(state, tool_calls="none")
            messages, output = await execute_tools(state.messages, state.tools)
            state.messages.extend(messages)
            if not messages:
                return state

    return solve


@scenario()
def tool_loop_by_hand(run: Run) -> None:
    fake(run.name, once(("add", {"x": 1, "y": 1}), ("add", {"x": 1, "y": 1})))
    run.eval(task(run.name, 1, solver=[use_tools(add()), tool_loop_of_own()]))


@approver
def picky() -> Approver:
    """Rejects, modifies, escalates or approves by the arguments."""

    async def approve(message: str, call: ToolCall, view: ToolCallView, history: list[ChatMessage]) -> Approval:
        match call.arguments.get("x"):
            case 1:
                return Approval(decision="reject", explanation="not one")
            case 2:
                modified = ToolCall(id=call.id, function=call.function, arguments={"x": 20, "y": 2})
                return Approval(decision="modify", modified=modified, metadata={"was": 2, "why": None})
            case 3:
                return Approval(decision="escalate", explanation="somebody else")
            case 4:
                return Approval(decision="terminate", explanation="stop all")
        return Approval(decision="approve")

    return approve


def approves(*numbers: int) -> Script:
    return once(*[("add", {"x": number, "y": 2}) for number in numbers])


@scenario()
def approvals(run: Run) -> None:
    policies = [ApprovalPolicy(picky(), "add"), ApprovalPolicy(auto_approver(), "*")]
    fake(run.name, approves(0, 1, 2, 3))
    run.eval(task(run.name, 1, solver=[use_tools(add()), generate()]), approval=policies)


@scenario()
def approval_terminates(run: Run) -> None:
    fake(run.name, approves(0, 4))
    tasks = task(run.name, 2, solver=[use_tools(add()), generate()], approval=[ApprovalPolicy(picky(), "*")])
    run.eval(tasks, fail_on_error=False)


@scenario()
def approval_auto_rejects(run: Run) -> None:
    fake(run.name, approves(0))
    run.eval(
        task(
            run.name, 1, solver=[use_tools(add()), generate()], approval=[ApprovalPolicy(auto_approver("reject"), "a*")]
        )
    )


def view_of_call(call: ToolCall) -> ToolCallView:
    return ToolCallView(call=ToolCallContent(title="Sum", format="markdown", content="`{{x}} + {{y}}`"))


@tool(viewer=view_of_call, model_input=lambda call, result: f"seen: {result}")
def viewed() -> Tool:
    async def execute(x: int, y: int) -> str:
        """Adds two numbers, with a view of its own.

        Args:
            x: First number.
            y: Second number.
        """
        return str(x + y)

    return execute


@scenario()
def tool_with_view(run: Run) -> None:
    fake(run.name, once(("viewed", {"x": 1, "y": 1})))
    run.eval(task(run.name, 1, solver=[use_tools(viewed()), generate()]))


@tool
def runs() -> Tool:
    async def execute(command: str) -> str:
        """Runs a command that fails.

        Args:
            command: What to run.
        """
        subprocess.run(["false"], check=True)
        return command

    return execute


@scenario()
def tool_raises_subprocess_error(run: Run) -> None:
    fake(run.name, once(("runs", {"command": "false"})))
    run.eval(task(run.name, 1, solver=[use_tools(runs()), generate()]), fail_on_error=False, retry_on_error=1)
