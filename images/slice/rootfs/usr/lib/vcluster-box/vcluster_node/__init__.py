"""Small changes to Ganeti's Python, for what a virtual node in a container cannot have or does not need.

`vcluster-box.pth` loads them into Python programs that run as a virtual node (GANETI_ROOTDIR is set), and only there.
They import nothing of Ganeti: each change is applied when Ganeti itself imports the module.  Each file has one change,
with its reason.  If Ganeti no longer has what a change replaces, the change raises `AttributeError`, and is left out:
`LOST` in its file says what does not work then.  If the cluster cannot do without it (`VITAL`), importing the module
fails.  `python3 -m vcluster_node` lists all changes, and whether they fit.
"""

from . import (
    answer_connections,
    boot_id,
    confd_client,
    console,
    disk_space,
    drbd_devices,
    environment,
    ext_storage,
    fake_instances,
    file_storage,
    file_storage_links,
    follow_master,
    hooks,
    hostname,
    init_only,
    instance_network,
    keep_connections,
    key_strength,
    latest,
    lvm_devices,
    master_paths,
    memory_and_cpus,
    metadata_daemon,
    mirror_writes,
    non_ascii,
    powercycle,
    shared_files,
    storage_programs,
    transfer_certificate,
    unchanged_ssconf,
    verify,
    watcher,
)

CHANGES: hooks.Changes = {
    "ganeti.backend": (
        verify.change,
        file_storage_links.change,
        master_paths.change,
        boot_id.change,
        metadata_daemon.change,
    ),
    "ganeti.bootstrap": (init_only.change_bootstrap,),
    "ganeti.client.gnt_cluster": (init_only.change_client,),
    "ganeti.confd.client": (confd_client.change,),
    "ganeti.hypervisor.hv_base": (powercycle.change, memory_and_cpus.change),
    "ganeti.hypervisor.hv_fake": (fake_instances.change, instance_network.change, console.change),
    "ganeti.http.client": (keep_connections.change,),
    "ganeti.impexpd": (transfer_certificate.change,),
    "ganeti.jqueue": (non_ascii.change_queue,),
    "ganeti.luxi": (follow_master.change,),
    "ganeti.rpc.transport": (non_ascii.change_transport,),
    "ganeti.server.noded": (answer_connections.change, mirror_writes.change),
    "ganeti.ssconf": (unchanged_ssconf.change, non_ascii.change_ssconf, latest.change),
    "ganeti.ssh": (shared_files.change_copy,),
    "ganeti.storage.bdev": (lvm_devices.change,),
    "ganeti.storage.container": (file_storage.change_units, disk_space.change_list),
    "ganeti.storage.drbd": (drbd_devices.change_devices,),
    "ganeti.storage.drbd_info": (drbd_devices.change_info,),
    "ganeti.storage.extstorage": (ext_storage.change,),
    "ganeti.storage.filestorage": (file_storage.change_files, disk_space.change_space),
    "ganeti.utils.process": (environment.change, storage_programs.change),
    "ganeti.utils.x509": (key_strength.change,),
    "ganeti.vcluster": (shared_files.change_paths,),
    "ganeti.watcher": (watcher.change,),
    "socket": (hostname.change,),
}


def install() -> None:
    hooks.install(CHANGES)
