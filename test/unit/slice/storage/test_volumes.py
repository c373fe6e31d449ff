import multiprocessing
import os
import signal
import time

from node_case import NodeCase
from vcluster_storage import programs
from vcluster_storage.lvm import store
from vcluster_storage.node import Node


class Creation(NodeCase):
    def test_as_ganeti_does_it(self) -> None:
        self.succeed("lvcreate -Wn -L1025m -ndisk0 -i1 xenvg /dev/sda3 /dev/sdb1")
        self.assertEqual(self.report("lvs -o lv_name,lv_size"), [["disk0", "1028.00"]])
        status = os.stat(self.device("disk0"))
        self.assertEqual((status.st_size, status.st_blocks), (1028 * 2**20, 0))
        self.assertEqual(self.report("vgs -o vg_free"), [["101372.00"]])
        self.assertEqual(self.succeed(f"blockdev --getsize64 {self.device('disk0')}"), f"{1028 * 2**20}\n")

    def test_a_name_is_used_once_and_must_be_valid(self) -> None:
        self.succeed("lvcreate -L4m -na xenvg")
        self.fail_with("lvcreate -L4m -na xenvg", 'Logical Volume "a" already exists')
        self.fail_with("lvcreate -L4m -nsnapshot xenvg", "reserved")
        self.fail_with("lvcreate -L4m -na:b xenvg", "is invalid")
        self.fail_with("lvcreate -L4m -nb other", 'Volume group "other" not found')
        self.fail_with("lvcreate -L4m -l1 -nb xenvg", "either size or extents", 3)

    def test_by_extents_and_by_percent(self) -> None:
        self.succeed("lvcreate -l2 -na xenvg", "lvcreate -l50%VG -nb xenvg", "lvcreate -l100%FREE -nc xenvg")
        self.assertEqual(self.report("lvs -o lv_size"), [["8.00"], ["51200.00"], ["51192.00"]])
        self.assertEqual(self.report("vgs -o vg_free"), [["0"]])
        self.fail_with("lvcreate -L4m -nd xenvg", "insufficient free space (0 extents): 1 required")

    def test_stripes_lie_on_different_disks(self) -> None:
        self.succeed("lvcreate -L12m -i2 -na xenvg")
        self.assertEqual(self.report("lvs -o lv_size,stripes,devices"), [["16.00", "2", "/dev/sda3(0),/dev/sdb1(0)"]])
        self.fail_with("lvcreate -L12m -i3 -nb xenvg", "Number of stripes (3) must not exceed")

    def test_disks_that_are_not_allocatable_are_not_used(self) -> None:
        self.succeed("pvchange -x n /dev/sda3", "lvcreate -L4m -na xenvg")
        self.assertEqual(self.report("lvs -o devices"), [["/dev/sdb1(0)"]])
        self.assertEqual(self.report("pvs -o pv_attr"), [["u--"], ["a--"]])
        self.succeed("pvchange --allocatable y /dev/sda3")
        self.assertEqual(self.report("pvs -o pv_attr"), [["a--"], ["a--"]])

    def test_what_was_freed_is_used_again(self) -> None:
        self.succeed(*(f"lvcreate -L8m -n{name} xenvg /dev/sda3" for name in "abc"), "lvremove -f xenvg/b")
        self.succeed("pvchange -x n /dev/sdb1", "lvcreate -l100%FREE -nd xenvg")
        self.assertEqual(self.report("lvs -o devices xenvg/d"), [["/dev/sda3(6)"], ["/dev/sda3(2)"]])


class Changes(NodeCase):
    def setUp(self) -> None:
        super().setUp()
        self.succeed("lvcreate -L8m -ndisk0 xenvg /dev/sda3")
        with open(self.device("disk0"), "r+b") as file:
            file.write(b"hello")

    def content(self, name: str) -> bytes:
        with open(self.device(name), "rb") as file:
            return file.read(5)

    def test_growth_keeps_the_content_and_prefers_what_follows(self) -> None:
        self.succeed(f"lvextend -L +8192k --alloc contiguous {self.device('disk0')}")
        self.assertEqual(self.report("lvs -o lv_size,devices"), [["16.00", "/dev/sda3(0)"]])
        self.assertEqual(os.stat(self.device("disk0")).st_size, 16 * 2**20)
        self.assertEqual(self.content("disk0"), b"hello")
        self.succeed("lvcreate -L4m -nnext xenvg /dev/sda3")
        self.fail_with("lvextend -L +4m --alloc contiguous xenvg/disk0", "Insufficient suitable contiguous")
        self.succeed("lvextend -L +4m --alloc cling xenvg/disk0")
        self.assertEqual(self.report("lvs -o devices xenvg/disk0"), [["/dev/sda3(0)"], ["/dev/sda3(5)"]])

    def test_a_test_changes_nothing(self) -> None:
        self.succeed("lvextend --test -L +8m xenvg/disk0")
        self.fail_with("lvextend --test -L +200g xenvg/disk0", "insufficient free space")
        self.assertEqual(self.report("lvs -o lv_size"), [["8.00"]])

    def test_growth_can_be_restricted_to_disks(self) -> None:
        self.succeed("lvextend -L +8m xenvg/disk0 /dev/sdb1")
        self.assertEqual(self.report("lvs -o devices"), [["/dev/sda3(0)"], ["/dev/sdb1(0)"]])
        self.succeed("lvreduce -f -L 4m xenvg/disk0")
        self.assertEqual(self.report("lvs -o lv_size,devices"), [["4.00", "/dev/sda3(0)"]])

    def test_a_new_name_leads_to_the_same_content(self) -> None:
        self.succeed("lvrename xenvg disk0 disk1")
        self.assertEqual(self.content("disk1"), b"hello")
        self.assertFalse(os.path.lexists(self.device("disk0")))
        self.fail_with("lvrename xenvg disk0 disk2", 'Failed to find logical volume "xenvg/disk0"')

    def test_tags(self) -> None:
        device = self.device("disk0")
        self.succeed(f"lvchange --addtag one {device}", f"lvchange --addtag two {device}")
        self.assertEqual(self.succeed(f"lvs -o tags --noheadings --nosuffix {device}"), "  one,two\n")
        self.succeed(f"lvchange --deltag one {device}")
        self.assertEqual(self.report("lvs -o lv_tags"), [["two"]])

    def test_an_inactive_volume_has_no_device(self) -> None:
        self.succeed("lvchange -an xenvg/disk0")
        self.assertFalse(os.path.lexists(self.device("disk0")))
        self.assertEqual(self.report("lvs -o lv_attr,lv_kernel_major"), [["-wi-------", "-1"]])
        self.succeed(f"lvchange -ay {self.device('disk0')}")
        self.assertEqual(self.content("disk0"), b"hello")

    def test_a_snapshot_keeps_what_the_volume_had(self) -> None:
        self.succeed(f"lvcreate -L8m -s -ndisk0.snap {self.device('disk0')}")
        with open(self.device("disk0"), "r+b") as file:
            file.write(b"later")
        self.assertEqual(self.content("disk0.snap"), b"hello")
        self.assertLess(os.stat(self.device("disk0.snap")).st_blocks * 512, 2**20)
        self.assertEqual(
            self.report("lvs -o lv_name,lv_attr,origin"),
            [["disk0", "owi-a-s---", ""], ["disk0.snap", "swi-a-s---", "disk0"]],
        )
        self.succeed("lvremove -f xenvg/disk0")
        self.assertEqual(self.report("lvs"), [])

    def test_a_volume_of_a_running_instance_is_open_and_cannot_be_removed(self) -> None:
        self.use("disk0")
        self.assertEqual(self.report("lvs -o lv_attr"), [["-wi-ao----"]])
        self.fail_with("lvremove -f xenvg/disk0", "Logical volume xenvg/disk0 in use.")
        self.fail_with("lvchange -an xenvg/disk0", "Logical volume xenvg/disk0 in use.")
        self.fail_with("vgremove -f xenvg", "Logical volume xenvg/disk0 in use.")
        os.unlink(f"{self.root}/var/run/ganeti/fake-hypervisor/instance1.example.com")
        self.succeed("lvremove -f xenvg/disk0")

    def test_removal_asks_unless_told_otherwise(self) -> None:
        self.fail_with("lvremove xenvg/disk0", "not removed")
        outcome = programs.run("lvremove", self.root, ["xenvg"], lambda question: "remove active" in question)
        self.assertEqual(outcome.status, 0)
        self.assertEqual(os.listdir(f"{self.root}/var/lib/vcluster-box/lvm/data"), [])

    def test_a_device_keeps_its_size_if_a_program_cuts_the_file(self) -> None:
        os.truncate(self.device("disk0"), 5)
        self.succeed("lvcreate -L4m -nother xenvg")
        self.assertEqual(os.stat(self.device("disk0")).st_size, 8 * 2**20)


class Robustness(NodeCase):
    def test_changes_at_the_same_time_are_all_made(self) -> None:
        commands = [["-L4m", f"-nvolume{number}", "xenvg"] for number in range(24)]
        with multiprocessing.Pool(8) as pool:
            statuses = pool.starmap(_status, [("lvcreate", self.root, command) for command in commands])
        self.assertEqual(statuses, [0] * 24)
        self.assertEqual(len(self.report("lvs")), 24)
        self.assertEqual(len({row[0] for row in self.report("lvs -o lv_kernel_minor")}), 24)
        self.assertEqual(self.report("vgs -o vg_free"), [[f"{102400 - 24 * 4}.00"]])

    def test_whatever_is_killed_leaves_a_state_that_can_be_used(self) -> None:
        for delay in range(0, 40, 2):
            process = multiprocessing.Process(target=_create_and_remove, args=[self.root])
            process.start()
            time.sleep(delay / 1000)
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            self.succeed("lvcreate -L4m -nafter xenvg", "lvremove -f xenvg/after")
            names = {row[0] for row in self.report("lvs -o lv_name")}
            self.assertEqual(set(os.listdir(f"{self.root}/dev/xenvg")), names)
            self.assertEqual(len(os.listdir(f"{self.root}/var/lib/vcluster-box/lvm/data")), len(names))

    def test_a_node_can_be_copied_to_another_place(self) -> None:
        self.succeed("lvcreate -L4m -na xenvg")
        os.rename(self.root, f"{self.root}.moved")
        self.assertEqual(os.stat(f"{self.root}.moved/dev/xenvg/a").st_size, 4 * 2**20)

    def test_a_change_that_fails_changes_nothing(self) -> None:
        before = store.read(Node(self.root))
        with self.assertRaises(RuntimeError), store.change(Node(self.root)) as state:
            state.groups.clear()
            raise RuntimeError
        self.assertEqual(store.read(Node(self.root)), before)


def _status(name: str, root: str, argv: list[str]) -> int:
    return programs.run(name, root, argv).status


def _create_and_remove(root: str) -> None:
    while True:
        programs.run("lvcreate", root, ["-L4m", "-nbusy", "xenvg"])
        programs.run("lvrename", root, ["xenvg", "busy", "renamed"])
        programs.run("lvremove", root, ["-f", "xenvg"])
