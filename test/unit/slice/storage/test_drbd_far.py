"""What holds for a pair in one slice holds between two; and what the network between them can do."""

import os
import socket
from pathlib import Path
from unittest import mock

import test_drbd
from far_case import FarPair, allocated
from vcluster_storage import power
from vcluster_storage.drbd import blocks, minors, mirror, slices
from vcluster_storage.drbd.wire import Wire
from vcluster_storage.node import MEBI, Node


class FarCreation(FarPair, test_drbd.Creation):
    pass


class FarWork(FarPair, test_drbd.Work):
    def test_a_failover_after_a_loss_of_power_keeps_what_was_written(self) -> None:
        """At least what was brought to the other side."""
        self.write(0, b"first")
        self.on(0, "drbdsetup status")
        self.write(0, b"fresh")
        power.lose(self.root)
        self.assertEqual(self.state(1), "cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown")
        self.on(1, "drbdsetup primary 0")
        self.assertEqual(self.content(1), b"first")
        self.write(1, b"later")
        self.assertEqual(self.content(0), b"fresh")
        self.attach(0)
        self.connect(0)
        self.assertEqual(self.state(0), "cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate")
        self.assertEqual(self.content(0), b"fresh")
        self.now += 60
        self.assertEqual(self.state(0), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")
        self.assertEqual(self.content(0), b"later")

    def test_what_a_killed_program_left_does_no_harm(self) -> None:
        self.write(0, b"hello")
        self.on(0, "drbdsetup status")
        notes = f"{self.roots[1]}/{minors.NOTES}/0"
        content = blocks.Blocks(self.data(1), notes, "")
        content.write([0], b"x" * blocks.BLOCK, [])
        self.assertEqual(self.content(1), b"hello")
        self.write(0, b"later")
        self.assertEqual(self.content(1), b"later")
        self.assertEqual(Path(self.data(1)).read_bytes()[5:6], b"\0")

    def test_a_copy_whose_last_step_was_interrupted_is_completed(self) -> None:
        notes = f"{self.roots[1]}/{minors.NOTES}/0"
        blocks.Blocks(self.data(1), notes, "").write([0], b"whole".ljust(blocks.BLOCK), [])
        os.rename(f"{notes}.new", f"{notes}.ready")
        power.lose(self.roots[1])
        self.attach(1)
        self.on(1, "drbdsetup primary 0")
        self.assertEqual(self.content(1), b"whole")


class Network(FarPair):
    def setUp(self) -> None:
        super().setUp()
        self.in_sync()

    def test_sides_that_are_cut_off_wait_and_meet_again(self) -> None:
        self.write(0, b"hello")
        self.on(0, "drbdsetup status")
        self.cut()
        self.assertEqual(self.state(0), "cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown")
        self.assertEqual(self.state(1), "cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown")
        self.write(0, b"alone")
        self.assertEqual(self.content(1), b"hello")
        self.heal()
        self.assertEqual(self.state(1), "cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate")
        self.now += 60
        self.assertEqual(self.state(0), "cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate")
        self.assertEqual(self.content(1), b"alone")

    def test_two_primaries_that_were_cut_off_are_a_split_brain(self) -> None:
        self.cut()
        self.on(1, "drbdsetup primary 0")
        self.write(0, b"mine!")
        self.write(1, b"other")
        self.on(1, "drbdsetup secondary 0")
        self.heal()
        self.assertEqual(self.state(1), "cs:StandAlone ro:Secondary/Unknown ds:UpToDate/DUnknown")
        self.assertEqual(self.state(0), "cs:StandAlone ro:Primary/Unknown ds:UpToDate/DUnknown")
        self.assertEqual((self.content(0), self.content(1)), (b"mine!", b"other"))

    def test_a_node_that_is_stopped_does_not_answer(self) -> None:
        stopped = Path(self.roots[1], "var/lib/vcluster-box/stopped")
        stopped.touch()
        self.assertEqual(self.state(0), "cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown")
        self.assertEqual(self.state(1), "cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown")
        stopped.unlink()
        self.assertEqual(self.state(1), "cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate")

    def test_every_change_of_role_and_connection_brings_what_was_written(self) -> None:
        for number, act in enumerate((
            lambda: self.on(0, "drbdsetup secondary 0"),
            lambda: self.disconnect(0),
            lambda: self.disconnect(1),
            lambda: self.on(0, "drbdsetup down resource0"),
            lambda: self.on(0, "drbdsetup detach 0"),
        )):  # fmt: skip
            with self.subTest(number):
                text = f"text{number}".encode()
                self.write(0, text)
                act()
                with open(self.data(1), "rb") as file:
                    self.assertEqual(file.read(5), text)
                for side in (0, 1):
                    self.run_program("drbdsetup down resource0", self.roots[side])
                    self.attach(side)
                    self.connect(side)
                self.on(0, "drbdsetup primary 0")
                self.now += 60
                self.assertEqual(self.state(0), "cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate")

    def test_a_slice_that_says_nothing_is_given_up(self) -> None:
        self.cut()
        silent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(silent.close)
        silent.bind(slices.path(self.folders[0], "2"))
        silent.listen()
        with mock.patch("vcluster_storage.drbd.wire.SILENT_SECONDS", 0.1):
            self.assertEqual(self.state(0), "cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown")

    def test_a_slice_answers_no_nonsense(self) -> None:
        for message in (
            {},
            {"op": "sides", "node": "node2.example.com"},
            {"op": "lock"},
            {"op": "nothing"},
            {"op": "sides", "node": "../node2.example.com"},
            {"op": "read", "node": "node1.example.com", "minor": 0, "arguments": [[0]]},
        ):
            wire = Wire(slices._open(slices.path(self.folders[0], "2")))
            wire.send(message)
            answer, _ = wire.receive()
            wire.close()
            self.assertEqual(answer == {}, message == {"op": "lock"}, answer)
        self.assertEqual(self.state(0), "cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate")

    def test_nobody_else_holds_the_lock_of_a_slice_for_long(self) -> None:
        wire = Wire(slices._open(slices.path(self.folders[0], "2")))
        wire.call({"op": "lock"})
        wire.close()
        self.assertEqual(self.state(1), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")


class Copies(FarPair):
    def setUp(self) -> None:
        super().setUp()
        self.in_sync()

    def write_at(self, position: int, content: bytes) -> None:
        with open(f"{self.root}/dev/drbd0", "r+b") as file:
            file.seek(position)
            file.write(content)

    def read_at(self, position: int, length: int) -> bytes:
        with open(self.data(1), "rb") as file:
            file.seek(position)
            return file.read(length)

    def test_holes_stay_holes(self) -> None:
        self.write_at(10 * MEBI, b"x" * MEBI)
        self.assertTrue(mirror.bring(Node(self.root)))
        self.assertEqual(self.read_at(10 * MEBI, 3), b"xxx")
        self.assertLess(allocated(self.data(1)), 2 * MEBI)
        self.write_at(10 * MEBI, bytes(MEBI))
        self.assertTrue(mirror.bring(Node(self.root)))
        self.assertEqual(self.read_at(10 * MEBI, 3), b"\0\0\0")
        self.assertEqual(allocated(self.data(1)), 0)

    def test_what_has_not_changed_is_not_even_read(self) -> None:
        self.write(0, b"hello")
        self.assertTrue(mirror.bring(Node(self.root)))
        self.assertFalse(mirror.bring(Node(self.root)))
        self.assertFalse(mirror.bring(Node(self.roots[1])))

    def test_only_blocks_that_differ_are_sent(self) -> None:
        self.write_at(0, b"x" * 32 * MEBI)
        mirror.bring(Node(self.root))
        self.write_at(7 * MEBI, b"y")
        with mock.patch.object(blocks.Blocks, "write", autospec=True, side_effect=blocks.Blocks.write) as write:
            mirror.bring(Node(self.root))
        self.assertEqual([call.args[1] for call in write.call_args_list], [[7 * MEBI // blocks.BLOCK]])
        self.assert_same_data()
