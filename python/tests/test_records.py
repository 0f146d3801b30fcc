"""What a hook was given, as a line."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSpec
from pydantic import BaseModel
from support import InFolder

from evalspan_inspect.records import line


class Item(BaseModel):
    name: str | None = None
    value: Any = None


@dataclass(frozen=True)
class Data:
    run_id: str | None
    item: Any


def written(item: Any) -> Any:
    text = line("on_run_end", "2026-11-28T05:56:09.518245Z", Data(None, item), None)
    assert text.endswith(b"\n") and text.count(b"\n") == 1
    record = json.loads(text)
    assert list(record) == ["hook", "time", "host", "data"]
    assert record["data"]["run_id"] is None
    return record["data"]["item"]


class Records(InFolder):
    def test_null_stays_in_the_hook_and_in_dictionaries_and_is_left_out_of_records(self) -> None:
        self.assertEqual(written(Item(value={"a": None})), {"value": {"a": None}})

    def test_lone_surrogates_stay(self) -> None:
        self.assertEqual(
            written(Item(name="\ud800", value=["\udfff\x00"])), {"name": "\ud800", "value": ["\udfff\x00"]}
        )
        self.assertEqual(written(["\ud800"]), ["\ud800"])

    def test_numbers_that_json_lacks_are_bare(self) -> None:
        nan, inf = written([math.nan, -math.inf])
        self.assertTrue(math.isnan(nan))
        self.assertEqual(inf, -math.inf)

    def test_large_numbers_keep_their_digits(self) -> None:
        self.assertEqual(written(Item(value=10**400)), {"value": 10**400})

    def test_what_cannot_be_written_is_null_and_the_rest_stays(self) -> None:
        class Rude:
            def __getattr__(self, name: str) -> Any:
                raise RuntimeError("no")

        loop: dict[str, Any] = {"a": 1}
        loop["itself"] = loop
        deep: list[Any] = []
        for _ in range(2000):
            deep = [deep]
        value = {"object": object(), "bytes": b"\xff", "loop": loop, "rude": Rude(), "same": [loop["a"]]}
        self.assertEqual(
            written(Item(name="n", value=value)),
            {
                "name": "n",
                "value": {"object": None, "bytes": None, "loop": {"a": 1, "itself": None}, "rude": None, "same": [1]},
            },
        )
        self.assertEqual(written(Item(name="n", value={"deep": deep, "a": 1}))["value"]["a"], 1)

    def test_an_exception_is_its_type_its_message_and_where_it_came_from(self) -> None:
        class Rude(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no")

        try:
            raise ValueError("\ud800 no")
        except ValueError as error:
            told = written(error)
        self.assertEqual((told["type"], told["message"]), ("ValueError", "\ud800 no"))
        self.assertIn("test_records.py", told["traceback"])
        self.assertEqual(written(Rude())["message"], "")

    def test_the_samples_of_a_log_are_not_touched(self) -> None:
        class Lazy(list[Any]):
            def __iter__(self) -> Any:
                raise AssertionError("touched")

            def __len__(self) -> int:
                raise AssertionError("touched")

        spec = EvalSpec(
            created="2026-11-28T05:56:09+00:00", task="t", dataset=EvalDataset(), model="m", config=EvalConfig()
        )
        log = EvalLog(eval=spec)
        log.__dict__["samples"] = Lazy()
        for metadata in ({"a": 1}, {"a": b"\xff"}):
            spec.metadata = metadata
            for told in (written(log), written([log])[0]):
                self.assertNotIn("samples", told)
                self.assertEqual((told["status"], told["eval"]["task"]), ("started", "t"))
