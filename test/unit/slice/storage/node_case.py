"""A node's directory for tests, on which the simulated programs run."""

import json
import os
import tempfile
import unittest

from vcluster_storage import programs
from vcluster_storage.outcome import Outcome

DISK_MIB = 102400
INSTANCE = "instance1.example.com"


class NodeCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="vcluster-box-test-")
        self.addCleanup(folder.cleanup)
        self.root = self.new_node(folder.name, "node1.example.com")

    def new_node(self, folder: str, name: str, disk_mib: int = DISK_MIB) -> str:
        root = os.path.join(folder, name)
        os.makedirs(f"{root}/var/lib/vcluster-box")
        with open(f"{root}/var/lib/vcluster-box/resources.json", "w", encoding="ascii") as file:
            json.dump({"diskMiB": disk_mib}, file)
        return root

    def run_program(self, line: str, root: str | None = None) -> Outcome:
        name, *argv = line.split()
        return programs.run(name, root or self.root, argv)

    def succeed(self, *lines: str) -> str:
        """Runs them all; the output of the last one."""
        for line in lines:
            outcome = self.run_program(line)
            self.assertEqual(outcome.status, 0, f"{line}: {outcome.stderr}")
        return outcome.stdout

    def fail_with(self, line: str, message: str, status: int = 5) -> None:
        outcome = self.run_program(line)
        self.assertIn(message, outcome.stderr)
        self.assertEqual(outcome.status, status)

    def report(self, line: str) -> list[list[str]]:
        """The rows of `lvs`, `vgs` or `pvs`, without headings, in MiB."""
        name, *rest = line.split()
        text = self.succeed(" ".join([name, "--noheadings --nosuffix --units=m --separator=|", *rest]))
        return [row.strip().split("|") for row in text.splitlines()]

    def device(self, name: str) -> str:
        return f"{self.root}/dev/xenvg/{name}"

    def use(self, name: str, instance: str = INSTANCE) -> None:
        """As Ganeti does when it starts an instance with that volume."""
        os.makedirs(f"{self.root}/var/run/ganeti/instance-disks", exist_ok=True)
        os.makedirs(f"{self.root}/var/run/ganeti/fake-hypervisor", exist_ok=True)
        os.symlink(self.device(name), f"{self.root}/var/run/ganeti/instance-disks/{instance}:0")
        with open(f"{self.root}/var/run/ganeti/fake-hypervisor/{instance}", "w", encoding="ascii") as file:
            file.write("0\n128\n1\n")
