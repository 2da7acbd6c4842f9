"""What can't be done: one clear line, an exit code, nothing half-started."""
import os

from checks import Failed, equals, has, one_line, require, run
from docker_host import IP, NET, docker, docker_fails, port_open
from guide import RUN_ALLUXIO


def refusals(guide):
    """What can't be done: one clear line, an exit code, nothing half-started."""
    row = guide.row

    def refused(words, *parts, before=(), usage=False):
        try:
            out = docker_fails("run", "--rm", "--name", "refused", NET, *before, "alluxio", *words, timeout=30)
        except Failed:
            run(["docker", "rm", "-f", "refused"])
            raise
        print("        " + out.strip().splitlines()[0])
        one_line(out, *parts)
        require(usage or len(out.strip().splitlines()) == 1, "more than one line: " + out)
        for port in (19998, 19999, 29999, 30000):
            require(not port_open(port, IP), "port %d is open" % port)
        return out

    with row("S52", "no service, or an unknown one: usage, exit code 1"):
        has(docker("run", "--rm", NET, "alluxio", code=1) or docker_fails("run", "--rm", NET, "alluxio"), "Usage:")
        docker("run", "--rm", NET, "alluxio", "nosuch", code=1)
        has(refused(["nosuch"], "unknown service 'nosuch'", usage=True), "Usage:")
    with row("S58", "an unknown second argument: usage, exit code 1"):
        docker("run", "--rm", NET, "alluxio", "worker", "format", code=1)
        has(refused(["master", "--no-such"], "unknown argument '--no-such'", usage=True), "Usage:")
    with row("-", "services of later are known by name (proxy, fuse, job-master, ...)"):
        for name in ("proxy", "fuse", "job-master", "job-worker", "logserver", "csiserver"):
            out = docker_fails("run", "--rm", NET, "alluxio", name)
            equals(len(out.strip().splitlines()), 1)
            has(out, "'%s' is not available" % name)
    with row("-", "a property with a bad value"):
        refused(["master"], "alluxio.master.web.port", "many", before=["-e", "ALLUXIO_MASTER_WEB_PORT=many"])
        refused(["worker"], "alluxio.worker.ramdisk.size", "plenty", before=["-e", "ALLUXIO_WORKER_MEMORY_SIZE=plenty"])
    with row("-", "nothing is half-started: neither journal nor cache is formatted"):
        for name in ("journal", "ramdisk"):
            os.makedirs(guide.host + "/fresh/" + name)
            os.chmod(guide.host + "/fresh/" + name, 0o777)
        refused(["master"], "/nosuch", before=["-v", guide.host + "/fresh/journal:/opt/alluxio/journal",
                                               "-e", "ALLUXIO_UNDERFS_ADDRESS=/nosuch"])
        refused(["worker"], "alluxio.worker.web.port", "many",
                before=["-v", guide.host + "/fresh/ramdisk:/opt/ramdisk", "-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk",
                        "-e", "ALLUXIO_WORKER_WEB_PORT=many"])
        equals([os.listdir(guide.host + "/fresh/" + name) for name in ("journal", "ramdisk")], [[], []])
    with row("-", "a mount that this user may not write: which path, user and mode"):
        os.mkdir(guide.host + "/locked", 0o755)
        refused(["worker"], "/opt/ramdisk", "user 1234", "0755",
                before=["--user", "1234", "-v", guide.host + "/locked:/opt/ramdisk",
                        "-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk"])
        refused(["master"], "/journal", "user 1234", "0755",
                before=["--user", "1234", "-v", guide.host + "/locked:/opt/alluxio/journal"])
        refused(["worker"], "/opt/domain", "user 1234", "0755",
                before=["--user", "1234", "-v", guide.host + "/locked:/opt/domain", "-e", "ALLUXIO_WORKER_MEMORY_SIZE=32MB",
                        "-e", "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d"])
        os.mkdir(guide.host + "/private", 0o700)
        refused(["master"], "/underStorage", "user 1234", "0700",
                before=["--user", "1234", "-v", guide.host + "/private:/underStorage",
                        "-e", "ALLUXIO_UNDERFS_ADDRESS=/underStorage"])
    with row("-", "a mount that is missing: under store, RAM folder, the domain socket's folder"):
        refused(["master"], "no folder /nosuch", "-v FOLDER:/nosuch", before=["-e", "ALLUXIO_UNDERFS_ADDRESS=/nosuch"])
        refused(["worker"], "no folder /opt/ramdisk", "-v FOLDER:/opt/ramdisk",
                before=["-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk"])
        refused(["worker"], "no folder /opt/domain", "-v FOLDER:/opt/domain",
                before=["-e", "ALLUXIO_WORKER_DATA_SERVER_DOMAIN_SOCKET_ADDRESS=/opt/domain/d",
                        "-e", "ALLUXIO_WORKER_MEMORY_SIZE=32MB"])
    with row("S31", "64 MB of /dev/shm with 1 GB configured: one line with both sizes and the flag"):
        refused(["worker"], "/dev/shm has 64.00MB", "1024.00MB", "--shm-size=1024M",
                before=["-e", "ALLUXIO_WORKER_MEMORY_SIZE=1GB"])
    with row("-", "an unreachable master: the client says so"):
        out = docker_fails("run", "--rm", NET, *RUN_ALLUXIO, "alluxio", "fs",
                           "-Dalluxio.master.hostname=" + IP, "-Dalluxio.user.rpc.retry.max.duration=1s", "ls", "/")
        print("        " + out.strip())
        one_line(out, IP + ":19998")
