import os

from node_case import NodeCase


class FailedDisks(NodeCase):
    def setUp(self) -> None:
        super().setUp()
        self.succeed("lvcreate -L8m -na xenvg /dev/sda3", "lvcreate -L8m -nb xenvg /dev/sdb1", "vcluster-disk fail /dev/sdb1")

    def test_are_reported_and_their_volumes_cannot_be_opened(self) -> None:
        outcome = self.run_program("vgs")
        self.assertIn("WARNING: Couldn't find device with uuid", outcome.stderr)
        self.assertEqual(self.report("vgs -o vg_attr"), [["wz-pn-"]])
        self.assertEqual(self.report("pvs -o pv_name,pv_attr"), [["/dev/sda3", "a--"], ["[unknown]", "a-m"]])
        self.assertEqual(self.report("lvs -o lv_attr,devices"), [["-wi-a-----", "/dev/sda3(0)"], ["-wi-a---p-", "[unknown](0)"]])
        with self.assertRaises(OSError):
            open(self.device("b"), "wb").close()
        self.assertTrue(os.path.exists(self.device("a")))

    def test_make_the_group_refuse_changes(self) -> None:
        for line in ("lvcreate -L4m -nc xenvg", "lvextend -L+4m xenvg/a", "pvchange -x n /dev/sda3", "lvrename xenvg a c"):
            self.fail_with(line, "while PVs are missing")
        self.fail_with("lvchange -ay xenvg/b", "Refusing activation of partial LV xenvg/b")
        self.succeed("lvchange -ay xenvg/a")

    def test_are_removed_as_ganeti_repairs_a_group(self) -> None:
        self.fail_with("vgreduce --removemissing xenvg", "There are still partial LVs in VG xenvg")
        out = self.succeed("vgreduce --removemissing --force xenvg")
        self.assertIn("Wrote out consistent volume group xenvg", out)
        self.assertEqual(self.report("lvs -o lv_name"), [["a"]])
        self.assertEqual(self.report("vgs -o pv_count,vg_attr"), [["1", "wz--n-"]])
        self.assertIn("already consistent", self.succeed("vgreduce --removemissing xenvg"))
        self.fail_with("pvcreate /dev/sdb1", "not found")
        self.succeed("vcluster-disk restore sdb1", "pvcreate /dev/sdb1", "vgextend xenvg /dev/sdb1")
        self.assertEqual(self.report("vgs -o vg_size"), [["102400.00"]])

    def test_come_back_with_their_content(self) -> None:
        self.succeed("vcluster-disk restore /dev/sdb1")
        self.assertEqual(os.stat(self.device("b")).st_size, 8 * 2**20)
        self.assertEqual(self.report("vgs -o vg_attr"), [["wz--n-"]])

    def test_without_any_disk_there_is_no_group(self) -> None:
        self.succeed("vcluster-disk fail sda3")
        self.assertEqual(self.report("vgs"), [])
        self.assertEqual(self.report("lvs"), [])
        self.fail_with("lvcreate -L4m -nc xenvg", 'Volume group "xenvg" not found')


class MoreDisks(NodeCase):
    def test_can_be_added_to_a_group(self) -> None:
        self.fail_with("pvcreate /dev/sdc", "Device /dev/sdc not found")
        self.succeed("vcluster-disk add sdc 10g", "vgextend xenvg /dev/sdc")
        self.assertEqual(self.report("vgs -o vg_size,pv_count"), [["112640.00", "3"]])
        self.fail_with("vcluster-disk remove sdc", "use vgreduce and pvremove first")
        self.succeed("vgreduce xenvg /dev/sdc", "pvremove /dev/sdc", "vcluster-disk remove sdc")
        self.assertEqual(self.report("vgs -o vg_size"), [["102400.00"]])
        self.fail_with("vcluster-disk remove sdb1", "own disk")

    def test_can_be_a_group_of_their_own(self) -> None:
        self.succeed("vcluster-disk add sdc 10g", "vgcreate -s 16m other sdc", "lvcreate -L20m -na other")
        self.assertEqual(self.report("lvs -o vg_name,lv_size"), [["other", "32.00"]])
        self.assertEqual(os.stat(f"{self.root}/dev/other/a").st_size, 32 * 2**20)
        self.fail_with("vgreduce other sdc", "still in use")
        self.succeed("vgrename other third", "lvs third/a", "vgremove -f third")
        self.assertEqual(self.report("vgs -o vg_name"), [["xenvg"]])
        self.assertFalse(os.path.exists(f"{self.root}/dev/third"))

    def test_are_listed(self) -> None:
        self.succeed("vcluster-disk add sdc 10g", "vcluster-disk fail sdc")
        self.assertEqual(
            self.succeed("vcluster-disk list").splitlines(),
            ["  /dev/sda3 50.00g ok", "  /dev/sdb1 50.00g ok", "  /dev/sdc 10.00g failed"],
        )
