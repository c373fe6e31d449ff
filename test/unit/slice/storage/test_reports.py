import os

from node_case import NodeCase
from vcluster_storage.lvm.units import format_size, parse_size

LV_CACHE = "-ovg_name,lv_name,lv_attr,lv_kernel_major,lv_kernel_minor,vg_extent_size,stripes,devices"


class Reports(NodeCase):
    def test_a_new_node_has_one_group_of_the_size_of_its_disk(self) -> None:
        self.assertEqual(self.report("vgs -o vg_name,vg_free,vg_attr,vg_size"), [["xenvg", "102400.00", "wz--n-", "102400.00"]])
        self.assertEqual(self.report("vgs -o name,size"), [["xenvg", "102400.00"]])
        self.assertEqual(self.report("lvs"), [])
        self.assertEqual(self.succeed("lvs"), "")

    def test_a_disk_that_is_no_multiple_of_an_extent_loses_the_rest(self) -> None:
        root = self.new_node(f"{self.root}/other", "node2", disk_mib=20_491)
        out = self.run_program("pvs --noheadings --units m --nosuffix -o pv_name,pv_size", root).stdout
        self.assertEqual(out.split(), ["/dev/sda3", "10244.00", "/dev/sdb1", "10244.00"])

    def test_a_node_without_simulated_disk_has_no_group(self) -> None:
        self.assertEqual(self.run_program("vgs", f"{self.root}/elsewhere").stdout, "")

    def test_people_see_aligned_columns(self) -> None:
        self.succeed("lvcreate -L1g -nroot xenvg", "lvcreate -L1052m -nswap xenvg")
        self.assertEqual(
            [line.rstrip() for line in self.succeed("lvs -o lv_name,vg_name,lv_attr,lv_size").splitlines()],
            ["  LV   VG    Attr       LSize", "  root xenvg -wi-a-----  1.00g", "  swap xenvg -wi-a----- <1.03g"],
        )
        self.assertEqual(
            [line.rstrip() for line in self.succeed("pvs").splitlines()],
            [
                "  PV        VG    Fmt  Attr PSize  PFree",
                "  /dev/sda3 xenvg lvm2 a--  50.00g 49.00g",
                "  /dev/sdb1 xenvg lvm2 a--  50.00g 48.97g",
            ],
        )

    def test_the_fields_of_ganetis_cache_of_volumes(self) -> None:
        self.succeed("lvcreate -L100m -i2 -ndata xenvg")
        [row] = self.succeed(f"lvs --noheadings --separator=| --units=k --nosuffix {LV_CACHE}").splitlines()
        self.assertEqual(row.strip(), "xenvg|data|-wi-a-----|253|0|4096.00|2|/dev/sda3(0),/dev/sdb1(0)")

    def test_the_fields_of_the_monitoring_daemon(self) -> None:
        self.succeed("lvcreate -L8m -ndata --addtag a --addtag b xenvg")
        fields = "lv_name,lv_major,lv_minor,lv_size,seg_count,lv_tags,modules,segtype,seg_start,seg_start_pe,seg_size,seg_pe_ranges"
        out = self.succeed(f"lvs --noheadings --units B --separator ; -o {fields}")
        self.assertEqual(out, "  data;-1;-1;8388608B;1;a,b;;linear;0B;0;8388608B;/dev/sda3:0-1\n")

    def test_a_volume_of_several_segments_has_a_row_for_each(self) -> None:
        self.succeed("lvcreate -L8m -na xenvg /dev/sda3", "lvcreate -L8m -nb xenvg /dev/sda3", "lvextend -L+8m xenvg/a")
        self.assertEqual(self.report("lvs -o lv_name,devices xenvg/a"), [["a", "/dev/sda3(0)"], ["a", "/dev/sdb1(0)"]])
        self.assertEqual(self.report("lvs -o lv_name,lv_size xenvg/a"), [["a", "16.00"]])

    def test_physical_volumes_with_the_volumes_on_them(self) -> None:
        self.succeed("lvcreate -L8m -na xenvg /dev/sda3")
        names = [row[:2] for row in self.report("pvs -o pv_name,lv_name")]
        self.assertEqual(names, [["/dev/sda3", "a"], ["/dev/sda3", ""], ["/dev/sdb1", ""]])

    def test_only_what_is_named(self) -> None:
        self.succeed("lvcreate -L8m -na xenvg", "lvcreate -L8m -nb xenvg")
        for name in ("xenvg/b", "/dev/xenvg/b", self.device("b")):
            self.assertEqual(self.report(f"lvs -o lv_name {name}"), [["b"]])
        self.assertEqual(self.report("lvs -o lv_name xenvg"), [["a"], ["b"]])
        self.fail_with("lvs other", 'Volume group "other" not found')
        self.fail_with("lvs xenvg/c", 'Failed to find logical volume "xenvg/c"')
        self.fail_with("pvs /dev/sdz", 'Failed to find physical volume "/dev/sdz"')

    def test_order_and_additional_fields(self) -> None:
        self.succeed("lvcreate -L8m -na xenvg", "lvcreate -L4m -nb xenvg")
        self.assertEqual(self.report("lvs -o lv_name -O lv_size"), [["b"], ["a"]])
        self.assertEqual(self.report("lvs -o lv_name -O -lv_name"), [["b"], ["a"]])
        self.assertEqual(self.report("vgs -o+vg_extent_count")[0][-1], "25600")

    def test_files_use_the_same_disk(self) -> None:
        folder = f"{self.root}/srv/ganeti/file-storage/instance1"
        os.makedirs(folder)
        with open(f"{folder}/disk", "wb") as file:
            file.truncate(1023 * 2**20)
        self.assertEqual(self.report("vgs -o vg_size,vg_free"), [["102400.00", "101376.00"]])
        self.assertEqual(self.report("pvs -o pv_free"), [["50176.00"], ["51200.00"]])
        self.fail_with("lvcreate -L102400m -nx xenvg", "insufficient free space")

    def test_what_is_not_simulated_is_refused(self) -> None:
        self.fail_with("lvs --nonsense", "unrecognised option '--nonsense'", 3)
        self.fail_with("lvs -o nonsense", "Unrecognised field: nonsense", 3)
        self.fail_with("lvs --units y", "Invalid argument for --units", 3)
        self.fail_with("lvcreate --type thin -L4m -nx xenvg", "are not simulated")


class Units(NodeCase):
    def test_sizes_are_read_as_lvm_reads_them(self) -> None:
        for text, mib in {"10": 10, "10m": 10, "1g": 1024, "1.5G": 1536, "2048k": 2, "1GiB": 1024, "1t": 2**20}.items():
            self.assertEqual(parse_size(text), mib * 2**20, text)

    def test_sizes_are_written_as_lvm_writes_them(self) -> None:
        for unit, text in {"r": "1.50g", "m": "1536.00m", "k": "1572864.00k", "b": "1610612736b", "G": "1.61G"}.items():
            self.assertEqual(format_size(1536 * 2**20, unit), text)
        self.assertEqual(format_size(0, "m", suffix=False), "0")
        self.assertEqual(format_size(2**30 - 1, "r"), "<1024.00m")
