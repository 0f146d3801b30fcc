"""Hooks that do what the scenario says: raise at their n-th call, or change what a model is asked."""

from collections import Counter
from typing import Any

from inspect_ai.hooks import Hooks, hooks
from inspect_ai.model import ChatMessageUser

from cancel import Cancel
from errors import make_error

_calls: Counter[str] = Counter()


def act_on_hooks(actions: list[dict[str, Any]], cancel: Cancel | None) -> None:
    """To be called when the recorder is registered: an error keeps an event from the hooks that come later."""
    names = {action["on"] for action in actions} | ({cancel.hook} if cancel else set())

    def method(name: str) -> Any:
        async def act(self: Hooks, data: Any) -> None:
            _calls[name] += 1
            if cancel and cancel.hook == name and cancel.nth == _calls[name]:
                cancel.start()
            for action in actions:
                if action["on"] == name and action.get("nth", _calls[name]) == _calls[name]:
                    _act(action, data)

        return act

    if names:
        hooks(name="acting", description="Does what the scenario says.")(
            type("Acting", (Hooks,), {name: method(name) for name in names})
        )


def _act(action: dict[str, Any], data: Any) -> None:
    if "append_input" in action:
        data.input.append(ChatMessageUser(content=action["append_input"]))
    for name, value in action.get("set_config", {}).items():
        setattr(data.config, name, value)
    if action.get("clear_tools"):
        data.tools.clear()
    if "raise" in action:
        raise make_error(action["raise"])
