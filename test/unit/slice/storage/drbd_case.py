"""A pair of disks for tests."""

import os
from unittest import mock

from node_case import NodeCase
from vcluster_storage.drbd import mirror
from vcluster_storage.node import Node

SIZE = 64


class Pair(NodeCase):
    """Two nodes with a volume each, and minor 0 on both."""

    def setUp(self) -> None:
        super().setUp()
        folder = os.path.dirname(self.root)
        self.roots = (self.root, self.new_node(self.other_folder(folder), "node2.example.com"))
        self.now = 1000.0
        patch = mock.patch("time.time", lambda: self.now)
        patch.start()
        self.addCleanup(patch.stop)
        for root in self.roots:
            os.makedirs(f"{root}/var/lib/ganeti")
            with open(f"{root}/var/lib/ganeti/ssconf_node_primary_ips", "w", encoding="ascii") as file:
                file.write("node1.example.com 192.0.2.1\nnode2.example.com 192.0.2.2\n")
        for side in (0, 1):
            self.on(side, f"lvcreate -L{SIZE}m -ndata xenvg", "lvcreate -L128m -nmeta xenvg")
            self.on(side, f"drbdmeta --force /dev/drbd0 v08 {self.meta(side)} flex-external create-md")

    def other_folder(self, folder: str) -> str:
        """Where the second node is: in the same slice."""
        return folder

    def on(self, side: int, *lines: str) -> str:
        for line in lines:
            outcome = self.run_program(line, self.roots[side])
            self.assertEqual(outcome.status, 0, f"{line}: {outcome.stderr}")
        return outcome.stdout

    def refuse(self, side: int, line: str, message: str) -> None:
        outcome = self.run_program(line, self.roots[side])
        self.assertNotEqual(outcome.status, 0)
        self.assertIn(message, outcome.stderr)

    def meta(self, side: int) -> str:
        return f"{self.roots[side]}/dev/xenvg/meta"

    def data(self, side: int) -> str:
        return f"{self.roots[side]}/dev/xenvg/data"

    def attach(self, side: int) -> None:
        self.on(side, "drbdsetup new-resource resource0", "drbdsetup new-minor resource0 0 0")
        self.on(side, f"drbdmeta /dev/drbd0 v08 {self.meta(side)} flex-external apply-al")
        options = "--on-io-error=detach --size 64m"
        self.on(side, f"drbdsetup attach 0 {self.data(side)} {self.meta(side)} flexible {options}")

    def addresses(self, side: int) -> str:
        return " ".join(f"ipv4:192.0.2.{number}:11000" for number in ((1, 2) if side == 0 else (2, 1)))

    def connect(self, side: int, more: str = "") -> None:
        self.on(side, f"drbdsetup connect resource0 {self.addresses(side)} --protocol C {more}")

    def disconnect(self, side: int) -> None:
        self.on(side, f"drbdsetup disconnect {self.addresses(side)}")

    def state(self, side: int) -> str:
        lines = [line for line in self.on(side, "drbdsetup status").splitlines() if line.startswith(" 0:")]
        return " ".join(lines[0].split()[1:4]) if lines else "none"

    def write(self, side: int, text: bytes) -> None:
        with open(f"{self.roots[side]}/dev/drbd0", "r+b") as file:
            file.write(text)

    def content(self, side: int) -> bytes:
        """What is on the disk of a side, once the other one has been copied."""
        for root in self.roots:
            mirror.bring(Node(root))
        with open(self.data(side), "rb") as file:
            return file.read(5)

    def assert_same_data(self) -> None:
        self.assertTrue(os.path.samefile(self.data(0), self.data(1)))

    def in_sync(self) -> None:
        """As Ganeti creates a mirrored disk, with node1 as the primary."""
        for side in (1, 0):
            self.attach(side)
            self.connect(side)
        self.on(0, "drbdsetup primary 0 --force")
        self.now += 60
        self.assertEqual(self.state(0), "cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate")
