#!/usr/bin/python3
"""Creates, migrates, fails over and removes an instance with Ganeti's RAPI client, and moves the master meanwhile.

Needs python3-ganeti-rapi (Debian, Ubuntu), vcluster-box in the PATH, and a running cluster of at least two nodes.  Set
VCLUSTER_BOX_CLUSTER if there are several clusters.
"""

import json
import subprocess
import tempfile
import time
import urllib.parse

from ganeti.rapi import client as ganeti

INSTANCE = "life.example.com"


def vcluster_box(*words: str) -> str:
    return subprocess.run(["vcluster-box", *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def connect(cafile: str) -> ganeti.GanetiRapiClient:
    """Returns a client that verifies the certificate and its host name."""
    rapi = json.loads(vcluster_box("info", "--json"))["rapi"]
    with open(cafile, "w", encoding="ascii") as file:
        file.write(rapi["certificate"])
    url = urllib.parse.urlsplit(rapi["url"])
    # Without timeouts, a client waits forever for a former master that no longer answers.
    config = ganeti.GenericCurlConfig(cafile=cafile, verify_hostname=True, connect_timeout=5, timeout=60)
    return ganeti.GanetiRapiClient(
        url.hostname, port=url.port, username=rapi["user"], password=rapi["password"], curl_config_fn=config
    )


def follow(client: ganeti.GanetiRapiClient, what: str, job: int) -> None:
    """Waits until the job ends.  Each request returns when the job has changed, so this does not poll."""
    fields = ["status", "opresult"]
    known, serial = None, None
    while True:
        news = client.WaitForJobChange(job, fields, known, serial)
        if news is None:  # no change within about a minute
            continue
        known = news["job_info"]
        for serial, _, _, text in news["log_entries"]:
            print(f"  {text}")
        if known[0] in ganeti.JOB_STATUS_FINALIZED:
            break
    print(f"job {job}, {what}: {known[0]}", flush=True)
    if known[0] != ganeti.JOB_STATUS_SUCCESS:
        raise SystemExit(str(known[1]))


def where(client: ganeti.GanetiRapiClient) -> str:
    """Describes the state of the instance and the node it is on."""
    instance = client.GetInstance(INSTANCE)
    return f"{INSTANCE} is {instance['status']} on {instance['pnode']}"


def move_master(client: ganeti.GanetiRapiClient) -> None:
    """Makes another node the master, as an administrator would.  RAPI moves with it; the published address stays."""
    candidates = [node["name"] for node in client.GetNodes(bulk=True) if node["role"] == "C"]
    vcluster_box("exec", candidates[0], "gnt-cluster", "master-failover")
    deadline = time.monotonic() + 30
    while True:
        try:
            print(f"the master is {client.GetInfo()['master']}", flush=True)
            return
        except ganeti.GanetiApiError:  # the new master's daemons are starting
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def main() -> None:
    with tempfile.NamedTemporaryFile(suffix=".pem") as certificate:
        client = connect(certificate.name)
        print(f"the master is {client.GetInfo()['master']}")
        first, second = client.GetNodes()[:2]
        job = client.CreateInstance(
            "create",
            INSTANCE,
            "sharedfile",  # Ganeti can migrate diskless, sharedfile and ext, but not file
            [{"size": 64}],
            [],
            hypervisor="fake",
            os="noop",
            pnode=first,
            beparams={"memory": 64, "vcpus": 1},
            name_check=False,
            ip_check=False,
        )
        follow(client, "create", job)
        print(where(client))
        follow(client, "migrate", client.MigrateInstance(INSTANCE, target_node=second))
        print(where(client))
        move_master(client)
        follow(client, "fail over", client.FailoverInstance(INSTANCE, target_node=first))
        print(where(client))
        follow(client, "remove", client.DeleteInstance(INSTANCE))
        assert INSTANCE not in client.GetInstances()


if __name__ == "__main__":
    main()
