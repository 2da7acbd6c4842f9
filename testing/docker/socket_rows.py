"""tmpfs and domain sockets (S29 to S44, S62)."""
import json
import os
import re
import stat

import java_client
from checks import digest, equals, lacks, one_line, require, wait_for
from docker_host import IP, NET, docker, get, inside, log_of, remove, state
from guide import DATA_BYTES, MB, ROOT


def small_hosts(guide):
    """tmpfs and domain sockets."""
    row = guide.row
    guide.new_master()
    with row("S32", "the tmpfs run line: --shm-size=1G"):
        guide.worker = guide.sh("""docker run -d --net=host --shm-size=1G \\
             -v $PWD/underStorage:/underStorage \\
             -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
             -e ALLUXIO_WORKER_MEMORY_SIZE=1GB \\
             -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
             alluxio worker""")
        guide.live_workers()
        guide.run_tests(guide.worker)
    with row("S30", "the worker's folder is /dev/shm"):
        equals(guide.conf(guide.worker, "alluxio.worker.tieredstore.level0.dirs.path"), "/dev/shm")
        require(inside(guide.worker, "ls", "/dev/shm/alluxioworker").split(), "no blocks")
    with row("S31", "--shm-size=1G gives a worker of 1 GB"):
        one_line(guide.shell(guide.master, "fsadmin", "report", "capacity"), "MEM", "1024.00MB")
    with row("S29", "tmpfs: clients read and write over the network"):
        guide.client([], "load", "/data")
        guide.goes("Remote", "Remote", why=["by TCP", "file: ", "No such file"])
    remove(guide.worker)

    with row("S38", "mkdir /tmp/domain; chmod a+w /tmp/domain"):
        guide.sh("mkdir /tmp/domain\nchmod a+w /tmp/domain")
    socket_path = guide.host + "/tmp/domain/d"
    domain_worker = """docker run -d --net=host --shm-size=1G \\
         -v /tmp/domain:/opt/domain \\
         -v $PWD/underStorage:/underStorage \\
         -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
         -e ALLUXIO_WORKER_MEMORY_SIZE=1GB \\
         -e ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d \\
         -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
         alluxio worker"""
    domain = ["-v", guide.host + "/tmp/domain:/opt/domain"]
    guide.new_master()
    with row("S41", "the run line with a domain socket"):
        guide.worker = guide.sh(domain_worker)
        guide.live_workers()
    with row("S38", "the socket is open to all users (0777)"):
        mode = os.stat(socket_path).st_mode
        require(stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o777, oct(mode))
    with row("S39", "client and worker see the socket at one path; BytesReadDomain and BytesWrittenDomain (S41, S44)"):
        guide.client([], "load", "/data")
        guide.goes("Domain", "Domain", domain, why=["by domain socket"])
        before = guide.counters()
        out, _ = guide.client([*domain, "--user", "1234"], "cat", "/data")
        equals((digest(out), guide.moved(before)), (guide.data, {"ReadDomain": DATA_BYTES}))
    with row("S41", "the Java client of 2.9, the same, in a container of its own"):
        java_client.goes(guide, "Domain", "Domain", domain)
    with row("S44", "without the volume: TCP with the same bytes, and why"):
        guide.goes("Remote", "Remote", why=["by TCP", "not by", "socket"])
    with row("S40", "a stale socket of an earlier run is replaced"):
        docker("kill", "--signal=KILL", guide.worker)
        wait_for(10, "killed", lambda: not state(guide.worker)["Running"])
        require(os.path.exists(socket_path), "the killed worker's socket is gone")
        remove(guide.worker)
        guide.worker = guide.sh(domain_worker)
        wait_for(60, "answers at the socket", lambda: guide.connects(socket_path))
        guide.live_workers()
    with row("-", "32 MB by the socket and by TCP"):
        large_file(guide, domain)
    with row("S37", "what each way costs is measured: docs/performance.md has it"):
        measured()
    remove(guide.worker)
    if os.path.exists(socket_path):
        os.unlink(socket_path)

    guide.new_master()
    with row("S43", "as UUID: the socket is /opt/domain/<uuid>"):
        guide.worker = guide.sh(domain_worker.replace("/opt/domain/d ", "/opt/domain -e "
                                                      "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_AS_UUID=true "))
        guide.live_workers()
        names = os.listdir(guide.host + "/tmp/domain")
        require(len(names) == 1 and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", names[0]), str(names))
    dummy = ["-e", "ALLUXIO_USER_JAVA_OPTS=-Dalluxio.user.hostname=dummy"]
    with row("S43", "a client named dummy that sees the socket uses it; one that doesn't goes by TCP"):
        guide.client([], "load", "/data")
        guide.goes("Domain", "Domain", [*domain, *dummy], why=["by domain socket"])
        guide.goes("Remote", "Remote", dummy, why=["by TCP", "not by"])
    with row("S43", "the Java client of 2.9, the same: the UUID's socket, and TCP"):
        # The original's client asks its own configuration, too.
        java_client.goes(guide, "Domain", "Domain", domain, ["-Dalluxio.user.hostname=dummy",
                                                             "-Dalluxio.worker.data.server.domain.socket.as.uuid=true"])
        java_client.goes(guide, "Remote", "Remote", [], ["-Dalluxio.user.hostname=dummy"])
    remove(guide.worker)

    guide.new_master()
    with row("S36", "a container smaller than its tier: level 0 in a folder, and a domain socket"):
        guide.worker = docker("run", "-d", NET, "--memory=256m", *domain, "-v", guide.host + "/underStorage:/underStorage",
                              "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP, "-e", "ALLUXIO_UNDERFS_ADDRESS=/underStorage",
                              "-e", "ALLUXIO_WORKER_TIEREDSTORE_LEVEL0_ALIAS=SSD",
                              "-e", "ALLUXIO_WORKER_TIEREDSTORE_LEVEL0_DIRS_PATH=/tmp/cache",
                              "-e", "ALLUXIO_WORKER_TIEREDSTORE_LEVEL0_DIRS_QUOTA=1GB",
                              "-e", "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d", "alluxio", "worker")
        guide.live_workers()
        one_line(guide.shell(guide.master, "fsadmin", "report", "capacity"), "SSD", "1024.00MB")
        lacks(log_of(guide.worker), "the container may use")
        guide.client([], "load", "/data")
        guide.goes("Domain", "Domain", domain, why=["by domain socket"])
        guide.sh("head -c 400M /dev/zero >files/large")
        guide.client(["-v", guide.host + "/files:/files", *domain], "copyFromLocal", "/files/large", "/large",
                     properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
        os.unlink(guide.host + "/files/large")
        one_line(guide.shell(guide.master, "fs", "ls", "/"), "100%", "/large")
        guide.shell(guide.master, "fs", "rm", "/large")
        equals(state(guide.worker)["OOMKilled"], False)
    with row("S62", "level 0's paths are given: the RAM folder is left alone"):
        equals(guide.conf(guide.worker, "alluxio.worker.tieredstore.level0.dirs.path"), "/tmp/cache")
        env = docker("exec", guide.worker, "/bin/sh", "-c", "cat /opt/alluxio/conf/alluxio-env.sh 2>/dev/null || true")
        lacks(env, "/dev/shm")
    remove(guide.worker)
    guide.new_master()
    with row("S35", "a cgroup limit below tier and process is warned about"):
        guide.worker = docker("run", "-d", NET, "--memory=512m", "--shm-size=1G", "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP,
                              "-e", "ALLUXIO_WORKER_MEMORY_SIZE=1GB", "alluxio", "worker")
        wait_for(30, "the warning", lambda: "the container may use" in log_of(guide.worker))
        one_line(log_of(guide.worker), "512.00MB", "1024.00MB", "--memory=")
    with row("S35", "what the container is charged for blocks in memory is in the worker's metrics"):
        guide.live_workers()
        charged(guide)
    remove(guide.worker, guide.master)


def large_file(guide, domain):
    """One of many messages by each way: the same bytes."""
    guide.sh("head -c 32M /dev/urandom >files/large")
    wanted = digest(guide.host + "/files/large")
    for way, arguments in (("Domain", domain), ("Remote", [])):
        before = guide.counters()
        guide.client(["-v", guide.host + "/files:/files", *arguments], "copyFromLocal", "/files/large", "/large",
                     properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
        out, _ = guide.client(arguments, "cat", "/large")
        equals(digest(out), wanted)
        equals(guide.moved(before, ["Read" + way, "Written" + way]), {"Read" + way: 32 * MB, "Written" + way: 32 * MB})
        guide.shell(guide.master, "fs", "rm", "/large")
    os.unlink(guide.host + "/files/large")


def measured():
    """Nothing is timed here, beside other tests: the figures are those of benchmarks/cluster."""
    with open(ROOT + "/docs/performance.md", encoding="utf-8") as f:
        rows = [line.split("|")[1].strip() for line in f if line.startswith("| ")]
    for row in (r"write \d+ MiB MUST_CACHE, by file", r"write \d+ MiB MUST_CACHE, by TCP", "sequential read, by file",
                "sequential read, domain socket", "sequential read, TCP"):
        require(any(re.match(row, name) for name in rows), "no figure for " + row)


def charged(guide):
    """What the worker tells of its container's memory."""
    def gauges():
        found = json.loads(get(30000, "/metrics/json/"))["gauges"]
        return {name: value["value"] for key, value in found.items()
                for name in (".".join(key.split(".")[:2]),) if name.startswith("Worker.CgroupMemory")}
    before = gauges()
    equals(before["Worker.CgroupMemoryLimit"], 512 * MB)
    guide.client(["-v", guide.host + "/files:/files"], "copyFromLocal", "/files/data", "/charged",
                 properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
    after = gauges()
    print("        before %s\n        after  %s" % (before, after))
    for name in ("Worker.CgroupMemoryShmem", "Worker.CgroupMemoryPageCache"):
        # The block's pages; the kernel's own counting lags by some.
        require(after[name] - before[name] >= DATA_BYTES - MB, name)
    require(after["Worker.CgroupMemoryPageCache"] >= after["Worker.CgroupMemoryShmem"] > 0, str(after))
