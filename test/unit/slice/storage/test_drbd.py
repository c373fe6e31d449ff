import os

from drbd_case import SIZE, Pair
from vcluster_storage import power
from vcluster_storage.drbd import minors, returned
from vcluster_storage.node import Node


class Creation(Pair):
    def test_a_new_pair_is_inconsistent_until_one_is_forced(self) -> None:
        self.attach(0)
        self.connect(0)
        self.assertEqual(self.state(0), "cs:WFConnection ro:Secondary/Unknown ds:Inconsistent/DUnknown")
        self.refuse(0, "drbdsetup primary 0", "Need access to UpToDate data")
        self.attach(1)
        self.connect(1)
        self.assertEqual(self.state(0), "cs:Connected ro:Secondary/Secondary ds:Inconsistent/Inconsistent")
        self.on(0, "drbdsetup primary 0 --force")
        self.assertEqual(self.state(0), "cs:SyncSource ro:Primary/Secondary ds:UpToDate/Inconsistent")
        self.assertEqual(self.state(1), "cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate")

    def test_a_resynchronisation_takes_time_and_can_be_paused(self) -> None:
        for side in (0, 1):
            self.attach(side)
            self.on(side, "drbdsetup disk-options 0 --resync-rate 128")
            self.connect(side)
        self.on(0, "drbdsetup primary 0 --force")
        self.now += SIZE / 2 / (128 * 50 / 1024)
        self.assertIn("sync'ed: 50.0%", self.on(1, "drbdsetup status"))
        self.assertRegex(self.on(0, "drbdsetup status"), r"finish: 0:00:05 speed:")
        self.on(1, "drbdsetup pause-sync 0")
        self.now += 600
        self.assertEqual(self.state(0), "cs:PausedSyncS ro:Primary/Secondary ds:UpToDate/Inconsistent")
        self.on(1, "drbdsetup resume-sync 0")
        self.now += 6
        self.assertEqual(self.state(1), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")

    def test_the_configuration_is_shown_as_ganeti_reads_it(self) -> None:
        self.in_sync()
        shown = self.on(0, "drbdsetup show 0")
        self.assertIn("address ipv4 192.0.2.1:11000;", shown)
        self.assertIn(f'disk "{self.data(0)}";', shown)
        self.assertIn(f'meta-disk "{self.meta(0)}";', shown)


class Work(Pair):
    def setUp(self) -> None:
        super().setUp()
        self.in_sync()

    def test_what_the_primary_writes_is_on_the_secondary(self) -> None:
        self.write(0, b"hello")
        self.assertEqual(self.content(1), b"hello")
        self.assertEqual(self.on(0, f"blockdev --getsize64 {self.root}/dev/drbd0"), f"{SIZE * 2**20}\n")

    def test_nobody_can_open_a_secondary(self) -> None:
        with self.assertRaises(OSError):
            open(f"{self.roots[1]}/dev/drbd0", "wb").close()
        self.refuse(1, "drbdsetup primary 0", "Multiple primaries not allowed by config")

    def test_a_device_in_use_is_kept(self) -> None:
        links = f"{self.root}/var/run/ganeti/instance-disks"
        os.makedirs(links)
        os.makedirs(f"{self.root}/var/run/ganeti/fake-hypervisor")
        os.symlink(f"{self.root}/dev/drbd0", f"{links}/instance1:0")
        open(f"{self.root}/var/run/ganeti/fake-hypervisor/instance1", "w", encoding="ascii").close()
        self.refuse(0, "drbdsetup down resource0", "Device is held open by someone")
        self.refuse(0, "drbdsetup secondary 0", "Device is held open by someone")
        self.refuse(0, "lvremove -f xenvg/data", "in use")

    def test_a_device_that_a_program_holds_open_is_kept(self) -> None:
        with open(f"{self.roots[0]}/dev/drbd0", "rb"):
            self.refuse(0, "drbdsetup secondary 0", "Device is held open by someone")
            self.refuse(0, "drbdsetup down resource0", "Device is held open by someone")
            # The other side has the same data, and is not open.
            self.on(1, "drbdsetup down resource0")
        self.on(0, "drbdsetup down resource0")

    def test_a_failover_after_a_loss_of_power_keeps_what_was_written(self) -> None:
        self.write(0, b"first")
        power.lose(self.root)
        self.assertEqual(self.state(1), "cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown")
        self.on(1, "drbdsetup primary 0")
        self.assertEqual(self.content(1), b"first")
        self.write(1, b"later")
        self.assertEqual(self.content(0), b"first")
        self.attach(0)
        self.connect(0)
        self.assertEqual(self.state(0), "cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate")
        self.now += 60
        self.assertEqual(self.state(0), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")
        self.assertEqual(self.content(0), b"later")

    def test_a_primary_of_a_slice_that_was_away_waits_and_goes_on_where_it_was(self) -> None:
        self.write(0, b"first")
        returned.wait(Node(self.root))
        self.assertEqual(self.state(0), "cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown")
        self.assertEqual(self.state(1), "cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown")
        self.write(0, b"later")
        returned.decide(Node(self.root), [0])
        self.assertEqual(self.state(1), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")
        self.assertEqual(self.content(1), b"later")

    def test_a_primary_of_a_slice_that_was_away_is_taken_down_after_a_failover(self) -> None:
        self.on(0, "drbdsetup status")
        returned.wait(Node(self.root))
        self.on(1, "drbdsetup primary 0")
        self.write(1, b"later")
        self.assertEqual(self.state(0), "cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown")
        returned.decide(Node(self.root), [])
        self.assertEqual(self.state(0), "none")
        self.attach(0)
        self.connect(0)
        self.now += 60
        self.assertEqual(self.state(0), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")
        self.assertEqual(self.content(0), b"later")

    def test_a_secondary_that_was_away_gets_what_it_lacks(self) -> None:
        power.lose(self.roots[1])
        self.assertEqual(self.state(0), "cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown")
        self.write(0, b"later")
        self.attach(1)
        self.connect(1)
        self.assertEqual(self.state(1), "cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate")
        self.now += 60
        self.assertEqual(self.state(1), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")
        self.assertEqual(self.content(1), b"later")

    def test_two_primaries_apart_are_a_split_brain(self) -> None:
        self.disconnect(1)
        self.on(1, "drbdsetup primary 0")
        self.write(1, b"other")
        self.write(0, b"mine!")
        self.on(1, "drbdsetup secondary 0")
        self.connect(1)
        self.assertEqual(self.state(0), "cs:StandAlone ro:Primary/Unknown ds:UpToDate/DUnknown")
        self.assertEqual(self.state(1), "cs:StandAlone ro:Secondary/Unknown ds:UpToDate/DUnknown")
        self.assertEqual((self.content(0), self.content(1)), (b"mine!", b"other"))
        self.connect(1, "--discard-my-data")
        self.connect(0)
        self.assertEqual(self.state(0), "cs:SyncSource ro:Primary/Secondary ds:UpToDate/Inconsistent")
        self.now += 60
        self.assertEqual(self.state(1), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")
        self.assertEqual(self.content(1), b"mine!")

    def test_what_a_killed_program_left_does_no_harm(self) -> None:
        self.write(0, b"hello")
        data = os.path.realpath(self.data(1))
        os.link(data, f"{data}.new")
        self.disconnect(1)
        self.on(1, "drbdsetup primary 0")
        self.write(1, b"other")
        self.assertEqual(self.content(0), b"hello")
        self.assertFalse(os.path.exists(f"{data}.new"))

    def test_a_migration_makes_both_primaries_for_a_while(self) -> None:
        self.write(0, b"hello")
        for side in (0, 1):
            self.disconnect(side)
        for side in (0, 1):
            self.connect(side, "--allow-two-primaries")
        self.now += 60
        self.on(1, "drbdsetup primary 0")
        self.assertEqual(self.state(0), "cs:Connected ro:Primary/Primary ds:UpToDate/UpToDate")
        self.write(1, b"moved")
        self.assertEqual(self.content(0), b"moved")
        self.on(0, "drbdsetup secondary 0")
        for side in (0, 1):
            self.disconnect(side)
        for side in (0, 1):
            self.connect(side)
        self.now += 60
        self.assertEqual(self.state(0), "cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate")

    def test_disks_of_the_primary_are_replaced_while_it_works(self) -> None:
        self.write(0, b"hello")
        self.on(0, "drbdsetup detach 0")
        self.assertEqual(self.state(0), "cs:Connected ro:Primary/Secondary ds:Diskless/UpToDate")
        self.write(0, b"still")
        self.on(0, "lvremove -f xenvg/data", "lvremove -f xenvg/meta")
        self.on(0, f"lvcreate -L{SIZE}m -ndata xenvg", "lvcreate -L128m -nmeta xenvg")
        self.on(0, f"drbdmeta --force /dev/drbd9 v08 {self.meta(0)} flex-external create-md")
        self.attach(0)
        self.assertEqual(self.state(0), "cs:SyncTarget ro:Primary/Secondary ds:Inconsistent/UpToDate")
        self.write(0, b"later")
        self.now += 60
        self.assertEqual(self.state(0), "cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate")
        self.assertEqual((self.content(0), self.content(1)), (b"later", b"later"))

    def test_a_failed_disk_is_given_up(self) -> None:
        self.write(0, b"hello")
        for disk in ("sda3", "sdb1"):
            self.on(1, f"vcluster-disk fail {disk}")
        self.assertEqual(self.state(0), "cs:Connected ro:Primary/Secondary ds:UpToDate/Diskless")
        self.assertEqual(self.state(1), "cs:Connected ro:Secondary/Primary ds:Diskless/UpToDate")

    def test_growth_reaches_both_sides(self) -> None:
        self.write(0, b"hello")
        self.on(0, f"lvextend -L +8192k {self.data(0)}")
        # The other node's volume has its old size meanwhile, whatever else changes there.
        self.on(1, "lvcreate -L4m -nother xenvg")
        self.assertEqual([os.stat(self.data(side)).st_size // 2**20 for side in (0, 1)], [72, 64])
        self.on(1, f"lvextend -L +8192k {self.data(1)}")
        self.write(0, b"grown")
        self.on(0, "drbdsetup resize 0 --size 72m")
        self.on(1, "drbdsetup resize 0 --size 72m")
        self.assertEqual(self.content(1), b"grown")
        self.assert_same_data()
        self.assertEqual(os.stat(self.data(1)).st_size, 72 * 2**20)

    def test_taking_it_down_and_up_changes_nothing(self) -> None:
        self.write(0, b"hello")
        for side in (0, 1):
            self.on(side, "drbdsetup down resource0")
        self.assertEqual(minors.read(Node(self.root)), {})
        self.assertFalse(os.path.lexists(f"{self.root}/dev/drbd0"))
        for side in (0, 1):
            self.attach(side)
            self.connect(side)
        self.assertEqual(self.state(0), "cs:Connected ro:Secondary/Secondary ds:UpToDate/UpToDate")
        self.on(1, "drbdsetup primary 0")
        self.write(1, b"other")
        self.assertEqual(self.content(0), b"other")
