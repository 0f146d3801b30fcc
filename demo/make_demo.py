"""Makes demo/bug_hunt.eval: a run of Inspect AI with a scripted model, without network, in about 15 seconds.

    pip install inspect-ai==0.3.285 openai
    python make_demo.py            # in an empty folder; writes bug_hunt.eval there

A log holds the paths of the machine that made it (task file, tracebacks). So copy this file to a neutral folder such as
/tmp/evals, use a virtual environment in a neutral place such as /opt/venv, run it there, and read the log before you keep it.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

os.environ["INSPECT_CACHE_DIR"] = tempfile.mkdtemp()

import anyio
from tenacity import wait_exponential
from inspect_ai import Task, eval, task
from inspect_ai.agent import agent, as_tool, react
from inspect_ai.dataset import Sample
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.scorer import match, model_graded_qa
from inspect_ai.solver import Generate, Solver, TaskState, chain, solver
from inspect_ai.tool import Tool, ToolCall, ToolError, tool


class RateLimited(Exception):
    status_code = 429


def call(name: str, **arguments: str) -> dict:
    return {"name": name, "arguments": arguments}


def turn(seconds: float, *calls: dict, say: str = "", limited: int = 0, tokens: int = 0) -> dict:
    return {"seconds": seconds, "calls": calls, "say": say, "limited": limited, "tokens": tokens}


def answer(seconds: float, text: str) -> dict:
    return turn(seconds, call("submit", answer=text), say="That explains it.")


LOOK = [call("list_files", folder="src"), call("search", pattern="dim("), call("run_tests", suite="lamps")]

TURNS = {
    "lamp-1": [
        turn(0.6, call("search", pattern="brightness")),
        answer(0.5, "dim.ts"),
    ],
    "lamp-2": [
        turn(0.8, *LOOK, say="I look around first."),
        turn(0.5, call("run_tests", suite="lamps"), say="The tests were cut off; once more."),
        turn(0.6, call("historian", input="When did dim() change?"), call("read_file", path="src/timer.ts"), limited=2),
        answer(0.9, "timer.ts"),
    ],
    "lamp-3": [
        turn(0.5, call("list_files", folder="src")),
        turn(0.7, call("read_file", path="src/scene.ts"), call("read_file", path="src/switch.ts")),
        answer(0.4, "scene.ts"),
    ],
    "lamp-4": [
        turn(0.4, call("checkout", branch="flicker")),
        turn(0.6, call("run_tests", suite="switches")),
        answer(0.5, "switch.ts"),
    ],
    "lamp-5": [
        turn(0.3, call("read_file", path="src/colour.ts")),
        turn(0.4, call("read_file", path="src/palette.ts"), tokens=9_000),
        turn(0.4, call("search", pattern="hue"), tokens=14_000),
        answer(0.4, "colour.ts"),
    ],
    "lamp-6": [
        turn(0.4, call("checkout", branch="blackout")),
        answer(0.4, "fuse.ts"),
    ],
    "lamp-7": [
        turn(0.5, call("read_file", path="src/sunrise.ts"), call("run_tests", suite="sunrise")),
        answer(0.6, "sunrise.ts, though I am not sure"),
    ],
}

HISTORIAN = [
    turn(0.4, call("log_of", path="src/dim.ts"), call("log_of", path="src/timer.ts")),
    turn(0.5, call("submit", answer="dim() changed with the new timer."), say="Found it."),
]

RULES = "Name one file. Change nothing. Say when you are not sure."


@modelapi(name="demo")
class DemoAPI(ModelAPI):
    """Plays the parts above; which one, it reads from the conversation."""

    def __init__(self, model_name: str, base_url=None, api_key=None, config=GenerateConfig(), **_):
        super().__init__(model_name, base_url, api_key, [], config)
        self.refusals: dict[str, int] = {}

    async def generate(self, input: list[ChatMessage], tools, tool_choice, config) -> ModelOutput:
        text = "\n".join(message.text for message in input if message.role == "user")
        if self.model_name == "judge":
            return await self.judge(text)
        if "house rules" in text:
            return await self.play(turn(0.5, say=RULES), input)
        turns = HISTORIAN if "When did" in text else TURNS[ticket_of(text)]
        step = turns[sum(1 for message in input if message.role == "assistant")]
        await self.refuse(text, step)
        return await self.play(step, input)

    async def refuse(self, conversation: str, step: dict) -> None:
        refused = self.refusals.get(conversation, 0)
        if refused < step["limited"]:
            self.refusals[conversation] = refused + 1
            await anyio.sleep(0.15)
            raise RateLimited("429 Too Many Requests: this model takes 60 requests a minute")

    async def judge(self, text: str) -> ModelOutput:
        await anyio.sleep(0.6)
        expected = re.search(r"\[Criterion\]: (\S+)", text)
        given = re.search(r"\[Submission\]: (.*?)\*\*\*", text, re.DOTALL)
        right = bool(expected and given and expected[1] in given[1])
        reason = "It names the file." if right else "It names another file."
        return self.output(f"{reason}\n\nGRADE: {'C' if right else 'I'}", [], text, 0)

    async def play(self, step: dict, input: list[ChatMessage]) -> ModelOutput:
        await anyio.sleep(step["seconds"])
        turns = len(input)
        calls = [
            ToolCall(id=f"call_{turns}_{index}", function=each["name"], arguments=each["arguments"])
            for index, each in enumerate(step["calls"])
        ]
        return self.output(step["say"], calls, "\n".join(message.text for message in input), step["tokens"])

    def output(self, text: str, calls: list[ToolCall], prompt: str, more: int) -> ModelOutput:
        sent, received = len(prompt) // 4 + more, len(text) // 4 + 18 * len(calls) + 12
        return ModelOutput(
            model=self.model_name,
            choices=[
                ChatCompletionChoice(
                    message=ChatMessageAssistant(content=text, tool_calls=calls or None, model=self.model_name),
                    stop_reason="tool_calls" if calls else "stop",
                )
            ],
            usage=ModelUsage(input_tokens=sent, output_tokens=received, total_tokens=sent + received),
        )

    def should_retry(self, ex: Exception) -> bool:
        return isinstance(ex, RateLimited)

    def retry_wait(self):
        return wait_exponential(multiplier=0.7)


def ticket_of(text: str) -> str:
    return re.search(r"Ticket (lamp-\d)", text)[1]


runs: dict[str, int] = {}


def first_time(what: str) -> bool:
    runs[what] = runs.get(what, 0) + 1
    return runs[what] == 1


@tool(parallel=True)
def list_files() -> Tool:
    async def execute(folder: str) -> str:
        """Lists files.

        Args:
            folder: Where to look.
        """
        await anyio.sleep(0.15)
        return "dim.ts scene.ts switch.ts timer.ts colour.ts palette.ts fuse.ts sunrise.ts"

    return execute


@tool(parallel=True)
def read_file() -> Tool:
    async def execute(path: str) -> str:
        """Reads a file.

        Args:
            path: Its path.
        """
        await anyio.sleep(0.2 + 0.02 * len(path))
        return f"// {path}\nexport function set(level: number) {{ return level / 100 }}"

    return execute


@tool(parallel=True)
def search() -> Tool:
    async def execute(pattern: str) -> str:
        """Searches all files.

        Args:
            pattern: What to look for.
        """
        await anyio.sleep(0.5)
        return f"dim.ts:12: {pattern}\ntimer.ts:40: {pattern}"

    return execute


@tool(parallel=True)
def run_tests() -> Tool:
    async def execute(suite: str) -> str:
        """Runs tests.

        Args:
            suite: Which ones.
        """
        if suite == "lamps" and first_time(suite):
            await anyio.sleep(1.4)
            raise ToolError("the lamps suite did not end within 1.4 s")
        await anyio.sleep(0.9)
        return "14 passed, 1 failed: fades out"

    return execute


@tool(parallel=True)
def checkout() -> Tool:
    async def execute(branch: str) -> str:
        """Checks out a branch.

        Args:
            branch: Its name.
        """
        await anyio.sleep(0.3)
        if branch == "blackout":
            raise RuntimeError("branch `blackout` cannot be checked out: the disk of the workspace is full")
        if first_time(branch):
            raise ConnectionError("the workspace closed the connection")
        return f"on {branch}"

    return execute


@tool(parallel=True)
def log_of() -> Tool:
    async def execute(path: str) -> str:
        """Shows the history of a file.

        Args:
            path: Its path.
        """
        await anyio.sleep(0.3 if "dim" in path else 0.5)
        return f"{path}: 3 changes, the last one 2 days ago"

    return execute


@agent
def historian():
    return react(
        name="historian",
        description="Knows the history of every file.",
        prompt="Answer from the history alone.",
        tools=[log_of()],
    )


@solver
def house_rules() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        output = await get_model().generate([ChatMessageUser(content="What are the house rules?", id="rules")], cache=True)
        state.messages.append(ChatMessageUser(content=f"Rules: {output.completion}"))
        return state

    return solve


TICKETS = {
    "lamp-1": ("The hall lamp is at half brightness at most.", "dim.ts"),
    "lamp-2": ("Lamps go out a minute early when they were dimmed.", "timer.ts"),
    "lamp-3": ("The kitchen lamp ignores its scene.", "switch.ts"),
    "lamp-4": ("A switch that is pressed twice flickers.", "switch.ts"),
    "lamp-5": ("Warm white looks green.", "palette.ts"),
    "lamp-6": ("All lamps go out at noon.", "fuse.ts"),
    "lamp-7": ("Sunrise begins at full brightness.", "sunrise.ts"),
}


@task
def bug_hunt() -> Task:
    tools = [list_files(), read_file(), search(), run_tests(), checkout(), as_tool(historian())]
    return Task(
        dataset=[
            Sample(id=ticket, input=f"Ticket {ticket}: {text} Which file has the bug?", target=target)
            for ticket, (text, target) in TICKETS.items()
        ],
        solver=chain(house_rules(), react(prompt="You look for bugs in the software of lamps.", tools=tools)),
        scorer=[match(), model_graded_qa(model="demo/judge")],
        token_limit=12_000,
        fail_on_error=False,
    )


if __name__ == "__main__":
    shutil.rmtree("logs", ignore_errors=True)
    (log,) = eval(
        bug_hunt(),
        model="demo/pilot",
        log_dir="logs",
        display="plain",
        max_samples=3,
        retry_on_error=1,
        log_realtime=False,
    )
    Path(log.location.removeprefix("file://")).rename("bug_hunt.eval")
    print(log.status, Path("bug_hunt.eval").stat().st_size, "bytes")
