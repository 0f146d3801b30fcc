"""What arrives at a listener, whatever happens to it."""

from __future__ import annotations

import os
import time
from unittest.mock import patch

from listener import Listener
from support import InFolder, lines_of

from evalspan_inspect.buffer import Buffer, Record, UnderWay
from evalspan_inspect.forwarder import Forwarder

SAMPLE = ("run", "task", "sample")


def text(number: int, size: int = 0) -> bytes:
    return b'{"n":%d,"pad":"%s"}\n' % (number, b"x" * size)


class Delivery(InFolder):
    def setUp(self) -> None:
        super().setUp()
        variables = patch.dict(os.environ, {"EVALSPAN_SOCKET": str(self.socket)})
        variables.start()
        self.addCleanup(variables.stop)
        for name in ("EVALSPAN_URL", "EVALSPAN_TOKEN", "EVALSPAN_BUFFER"):
            os.environ.pop(name, None)

    def listener(self, token: str | None = None) -> Listener:
        self.socket.unlink(missing_ok=True)
        listener = Listener(self.socket, token=token)
        self.addCleanup(listener.kill)
        return listener

    def arrived(self, listener: Listener) -> list[tuple[int, int]]:
        return [(record["number"], record["n"]) for record in listener.all]

    def test_what_comes_within_a_moment_is_one_batch(self) -> None:
        listener = self.listener()
        forwarder = Forwarder()
        for n in range(1, 4):
            forwarder.add(text(n))
        forwarder.finish()
        self.assertEqual(self.arrived(listener), [(1, 1), (2, 2), (3, 3)])
        (envelope,) = listener.envelopes
        self.assertEqual((envelope["first"], envelope["end"], envelope["pid"]), (1, True, os.getpid()))

    def test_a_process_that_ends_says_so_though_all_has_arrived(self) -> None:
        listener = self.listener()
        forwarder = Forwarder()
        forwarder.add(text(1))
        listener.wait(1)
        forwarder.finish()
        self.assertEqual([(e["first"], e["end"]) for e in listener.envelopes], [(1, False), (2, True)])

    def test_a_batch_whose_answer_was_lost_is_sent_again_and_taken_once(self) -> None:
        listener = self.listener()
        listener.answers = ["lost", "lost", 200, "lost"]
        forwarder = Forwarder()
        for n in range(1, 2501):
            forwarder.add(text(n))
        listener.wait(2500)
        forwarder.finish()
        self.assertEqual(self.arrived(listener), [(n, n) for n in range(1, 2501)])

    def test_batches_are_bounded(self) -> None:
        listener = self.listener()
        forwarder = Forwarder()
        for n in range(1, 6):
            forwarder.add(text(n, 400_000))
        for n in range(6, 2006):
            forwarder.add(text(n))
        forwarder.finish()
        self.assertEqual(self.arrived(listener), [(n, n) for n in range(1, 2006)])
        self.assertLess(max(listener.lengths), 1.1 * 2**20)
        firsts = [envelope["first"] for envelope in listener.envelopes]
        self.assertLessEqual(max(b - a for a, b in zip(firsts, firsts[1:], strict=False)), 1000)

    def test_a_listener_that_comes_back_gets_all(self) -> None:
        listener = self.listener()
        forwarder = Forwarder()
        forwarder.add(text(1), begins=("run",))
        forwarder.add(text(2), begins=("run", "task"))
        forwarder.add(text(3), begins=(*SAMPLE, "sample_init"))
        forwarder.add(text(4), begins=(*SAMPLE, "attempt"))
        forwarder.add(text(5), begins=(*SAMPLE, "attempt", "span"))
        forwarder.add(text(6), begins=(*SAMPLE, "attempt", "other"))
        forwarder.add(text(7), ends=(*SAMPLE, "attempt", "other"))
        listener.wait(7)
        listener.kill()
        forwarder.add(text(8), ends=SAMPLE)
        time.sleep(0.5)
        other = self.listener()
        other.wait(1)
        forwarder.add(text(9), ends=("run",))
        forwarder.finish()
        self.assertEqual(self.arrived(other), [(8, 8), (9, 9)])
        self.assertEqual([record["n"] for records in other.opened.values() for record in records], [1, 2, 3, 4, 5])
        self.assertEqual(other.envelopes[0]["open"], 5)

    def test_a_listener_that_is_new_when_nothing_is_under_way_is_told_so(self) -> None:
        listener = self.listener()
        forwarder = Forwarder()
        forwarder.add(text(1))
        listener.wait(1)
        listener.kill()
        other = self.listener()
        forwarder.add(text(2))
        other.wait(1)
        self.assertEqual([(e["first"], e["open"]) for e in other.envelopes], [(2, 0)])
        forwarder.finish()

    def test_what_has_no_place_leaves_a_gap_and_is_counted(self) -> None:
        os.environ["EVALSPAN_BUFFER"] = "300"
        forwarder = Forwarder()
        for n in range(1, 101):
            forwarder.add(text(n, 80))
        listener = self.listener()
        listener.wait(3)
        time.sleep(0.5)  # until their answer has made room
        forwarder.add(text(101))
        listener.wait(4)
        forwarder.add(b"")
        forwarder.add(text(103))
        with patch("sys.__stderr__") as err:
            forwarder.finish()
        self.assertEqual(self.arrived(listener), [(1, 1), (2, 2), (3, 3), (101, 101), (103, 103)])
        self.assertEqual([e["first"] for e in listener.envelopes if e["first"] < 104], [1, 101, 103])
        said = "".join(call.args[0] for call in err.write.call_args_list)
        self.assertIn("98 events did not reach the listener", said)

    def test_the_start_of_a_task_has_a_place_in_a_full_buffer(self) -> None:
        with patch.dict(os.environ, {"EVALSPAN_BUFFER": "100"}):
            forwarder = Forwarder()
        forwarder.add(text(1, 60))
        forwarder.add(text(2, 60), ("run", "task", "sample"))
        forwarder.add(text(3, 60), ("run", "task"))
        listener = self.listener()
        forwarder.finish()
        self.assertEqual(self.arrived(listener), [(1, 1), (3, 3)])

    def test_a_record_that_no_listener_takes_is_left_out(self) -> None:
        listener = self.listener()
        os.environ["EVALSPAN_BUFFER"] = str(2**30)
        forwarder = Forwarder()
        forwarder.add(text(1))
        forwarder.add(text(2, 33 * 2**20))
        forwarder.add(text(3))
        with patch("sys.__stderr__"):
            forwarder.finish()
        self.assertEqual(self.arrived(listener), [(1, 1), (3, 3)])

    def test_a_batch_that_is_refused_is_left_out(self) -> None:
        listener = self.listener()
        listener.answers = [400]
        forwarder = Forwarder()
        forwarder.add(text(1))
        time.sleep(0.4)
        forwarder.add(text(2))
        with patch("sys.__stderr__") as err:
            forwarder.finish()
        self.assertEqual(self.arrived(listener), [(2, 2)])
        said = "".join(call.args[0] for call in err.write.call_args_list)
        self.assertIn("1 event did not reach the listener", said)
        self.assertIn("HTTP 400", said)

    def test_a_busy_listener_is_given_the_time_it_asks_for(self) -> None:
        listener = self.listener()
        listener.answers = [429, 503]
        listener.headers = {"Retry-After": "1"}
        forwarder = Forwarder()
        forwarder.add(text(1))
        started = time.monotonic()
        forwarder.finish()
        self.assertEqual(self.arrived(listener), [(1, 1)])
        self.assertGreater(time.monotonic() - started, 1.9)

    def test_the_token_goes_with_tcp(self) -> None:
        del os.environ["EVALSPAN_SOCKET"]
        with Listener(token="secret") as listener:
            os.environ |= {"EVALSPAN_URL": listener.url, "EVALSPAN_TOKEN": "secret"}
            forwarder = Forwarder()
            forwarder.add(text(1))
            forwarder.finish()
            self.assertEqual(self.arrived(listener), [(1, 1)])

    def test_a_wrong_token_is_said_once(self) -> None:
        del os.environ["EVALSPAN_SOCKET"]
        with Listener(token="secret") as listener, patch("sys.__stderr__") as err:
            err.isatty.return_value = False
            url = listener.url.replace("://", "://me:word@")
            os.environ |= {"EVALSPAN_URL": url, "EVALSPAN_TOKEN": "other"}
            forwarder = Forwarder()
            forwarder.logs["eval"] = "/logs/it's.eval"
            forwarder.add(text(1))
            time.sleep(0.6)
            said = "".join(call.args[0] for call in err.write.call_args_list)
            self.assertEqual(len(lines_of(said)), 1)
            self.assertIn("HTTP 401", said)
            forwarder.finish()
            said = "".join(call.args[0] for call in err.write.call_args_list)
            self.assertEqual(len(lines_of(said)), 2)
            self.assertIn("""evalspan replay '/logs/it'"'"'s.eval'""", said)
            self.assertIn(listener.url, said)
            self.assertNotIn("word", said)

    def test_an_exit_waits_for_a_slow_listener_but_not_for_a_silent_one(self) -> None:
        listener = self.listener()
        listener.delay = 0.15
        forwarder = Forwarder()
        for n in range(1, 6):
            forwarder.add(text(n, 1_000_000))
        forwarder.finish()
        self.assertEqual(self.arrived(listener), [(n, n) for n in range(1, 6)])
        listener.delay = 0.6
        forwarder = Forwarder()
        forwarder.add(text(6))
        listener.wait(6)
        time.sleep(0.1)
        forwarder.add(text(7))
        forwarder.finish()
        self.assertEqual(self.arrived(listener)[5:], [(1, 6), (2, 7)])
        listener.delay = 0
        for answer in ("hang", "absent"):
            if answer == "absent":
                listener.kill()
            listener.answers = ["hang"]
            forwarder = Forwarder()
            forwarder.add(text(1))
            time.sleep(0.3)
            started = time.monotonic()
            with patch("sys.__stderr__"):
                forwarder.finish()
            self.assertLess(time.monotonic() - started, 0.8)


class UnderWayRecords(InFolder):
    def test_they_are_bounded_and_go_with_their_end(self) -> None:
        under_way = UnderWay()

        def follow(line: bytes, begins: tuple[str, ...] | None = None, ends: tuple[str, ...] | None = None) -> None:
            under_way.follow(Record(1, line, begins, ends))

        big = b"x" * 3 * 2**20
        follow(b"set", ("set",))
        follow(b"run", ("run",))
        for sample in "abc":
            follow(big, ("run", "task", sample, "sample_init"))
        follow(b"task", ("run", "task"))
        self.assertEqual(under_way.lines(), [b"set", b"run", b"task", big, big])
        follow(b"", ends=("run", "task", "a"))
        follow(b"first", ("run", "task", "c", "attempt"), ("run", "task", "c", "attempt"))
        follow(b"span", ("run", "task", "c", "attempt", "span"))
        follow(b"second", ("run", "task", "c", "attempt"), ("run", "task", "c", "attempt"))
        self.assertEqual(under_way.lines(), [b"set", b"run", b"task", big, b"second"])
        follow(b"", ends=("run",))
        self.assertEqual(under_way.lines(), [b"set"])
        follow(big * 2, ("run", "task", "d", "sample_init"))
        self.assertEqual(under_way.lines(), [b"set", big * 2])


class Interrupted(InFolder):
    def test_a_buffer_that_ctrl_c_left_half_way_goes_on(self) -> None:
        buffer = Buffer(100)
        buffer.add(text(1))
        with patch("evalspan_inspect.buffer.Record", side_effect=KeyboardInterrupt):
            self.assertRaises(KeyboardInterrupt, buffer.add, text(2))
        buffer.add(text(3))
        first = buffer.batch()
        self.assertEqual([record.number for record in first.records], [1])
        buffer.take(1)
        self.assertEqual([record.number for record in buffer.batch().records], [3])
