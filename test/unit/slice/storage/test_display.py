from node_case import INSTANCE, NodeCase


class Display(NodeCase):
    def setUp(self) -> None:
        super().setUp()
        self.succeed("lvcreate -n one -L 1g xenvg", "lvcreate -n two -L 64m xenvg")
        self.use("one", INSTANCE)

    def displayed(self, line: str) -> list[dict[str, str]]:
        """What it says of each thing, by its first 22 columns."""
        things: list[dict[str, str]] = []
        for row in self.succeed(line).splitlines():
            if row.startswith("  --- "):
                things.append({"": row.strip(" -")})
            elif row.strip():
                width = 25 if line.startswith("lv") else 24
                things[-1][row[:width].strip()] = row[width:].strip()
        return things

    def test_volumes_with_size_and_use(self) -> None:
        one, two = self.displayed("lvdisplay")
        self.assertEqual(one[""], "Logical volume")
        self.assertEqual(one["LV Path"], "/dev/xenvg/one")
        self.assertEqual(one["VG Name"], "xenvg")
        self.assertEqual(one["LV Size"], "1.00 GiB")
        self.assertEqual([one["Current LE"], two["Current LE"]], ["256", "16"])
        self.assertEqual([one["# open"], two["# open"]], ["1", "0"])
        self.assertEqual(two["Block device"], "253:1")

    def test_one_volume_by_its_name(self) -> None:
        for name in ("xenvg/two", "/dev/xenvg/two"):
            self.assertEqual([each["LV Name"] for each in self.displayed(f"lvdisplay {name}")], ["two"])
        self.fail_with("lvdisplay xenvg/three", 'Failed to find logical volume "xenvg/three"')

    def test_volumes_that_are_not_active_have_no_device(self) -> None:
        self.succeed("lvchange -an xenvg/two")
        (two,) = self.displayed("lvdisplay xenvg/two")
        self.assertEqual(two["LV Status"], "NOT available")
        self.assertNotIn("Block device", two)

    def test_snapshots_name_their_origin(self) -> None:
        self.succeed("lvcreate -s -n shot -L 64m xenvg/two")
        (shot,) = self.displayed("lvdisplay xenvg/shot")
        self.assertEqual(shot["LV snapshot status"], "active destination for two")

    def test_groups_with_what_is_left(self) -> None:
        (group,) = self.displayed("vgdisplay xenvg")
        self.assertEqual(group[""], "Volume group")
        self.assertEqual([group["Cur LV"], group["Open LV"], group["Cur PV"], group["Act PV"]], ["2", "1", "2", "2"])
        self.assertEqual(group["VG Size"], "100.00 GiB")
        self.assertEqual(group["Alloc PE / Size"], "272 / 1.06 GiB")
        self.assertEqual(group["Free  PE / Size"], "25328 / <98.94 GiB")

    def test_a_missing_disk_is_not_active(self) -> None:
        self.succeed("vcluster-disk fail sdb1")
        outcome = self.run_program("vgdisplay")
        self.assertIn("Couldn't find device", outcome.stderr)
        self.assertRegex(outcome.stdout, r"Cur PV +2\n +Act PV +1\n")

    def test_physical_volumes(self) -> None:
        first, second = self.displayed("pvdisplay")
        self.assertEqual([first["PV Name"], second["PV Name"]], ["/dev/sda3", "/dev/sdb1"])
        self.assertEqual([first["Allocated PE"], first["Free PE"], first["Total PE"]], ["256", "12544", "12800"])
        self.succeed("pvchange -xn /dev/sdb1")
        (second,) = self.displayed("pvdisplay /dev/sdb1")
        self.assertEqual(second["Allocatable"], "NO")

    def test_columns_are_those_of_the_reports(self) -> None:
        for display, report in (("lvdisplay", "lvs"), ("vgdisplay", "vgs"), ("pvdisplay", "pvs")):
            self.assertEqual(self.succeed(f"{display} -C"), self.succeed(report))
        self.assertEqual(self.succeed("vgdisplay -C -o vg_name --noheadings"), "  xenvg\n")

    def test_other_forms_are_refused(self) -> None:
        self.fail_with("lvdisplay --maps", "not simulated", 3)
