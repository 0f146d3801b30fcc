"""The tools that scenarios may use."""

from asyncio import sleep
from typing import Any

from inspect_ai.tool import Tool, ToolDef, tool

from errors import fail_times


@tool
def add() -> Tool:
    async def execute(x: int, y: int) -> int:
        """Adds two numbers.

        Args:
            x: The first.
            y: The second.
        """
        return x + y

    return execute


@tool
def echo() -> Tool:
    async def execute(text: str) -> str:
        """Says it again.

        Args:
            text: What to say.
        """
        return text

    return execute


@tool
def fail(said: dict[str, Any]) -> Tool:
    async def execute() -> str:
        """Fails."""
        fail_times(("tool", said["name"]), {"type": "ToolError", "message": "failed"} | said)
        return "done"

    return execute


@tool
def slow(seconds: float) -> Tool:
    async def execute() -> str:
        """Takes its time."""
        await sleep(seconds)
        return "done"

    return execute


def make_tool(said: str | dict[str, Any]) -> Tool:
    said = {"tool": said} if isinstance(said, str) else said
    kind = said["tool"]
    name = said.get("name", kind)
    made = {
        "add": add,
        "echo": echo,
        "fail": lambda: fail(said | {"name": name}),
        "slow": lambda: slow(said.get("seconds", 0.1)),
    }[kind]()
    return ToolDef(made, name=name).as_tool()
