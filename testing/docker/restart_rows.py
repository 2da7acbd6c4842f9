"""Formatting (S58), the order of starts (S21), read-only roots."""
import os

from checks import digest, equals, has, lacks, one_line, wait_for
from docker_host import IP, NET, docker, inside, log_of, remove


def restarts(guide):
    """S58: formatting; S21: the order of starts; a read-only root; the same in each base."""
    row = guide.row
    common = ["-v", guide.host + "/underStorage:/underStorage", "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP,
              "-e", "ALLUXIO_UNDERFS_ADDRESS=/underStorage", "-e", "ALLUXIO_MASTER_WORKER_CONNECT_WAIT_TIME=0s"]
    memory = ["-e", "ALLUXIO_WORKER_MEMORY_SIZE=64MB"]
    with row("S21", "a worker that is started first waits for its master"):
        guide.worker = docker("run", "-d", NET, *common, *memory, "-v", "ram:/opt/ramdisk", "-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk", "alluxio", "worker",
                              "--no-format")
        wait_for(30, "the worker retries", lambda: IP + ":19998" in log_of(guide.worker))
        guide.master = docker("run", "-d", NET, *common, "alluxio", "master", "--no-format")
        guide.live_workers()
    with row("S58", "--no-format keeps journal and cache"):
        guide.client(["-v", guide.host + "/files:/files"], "copyFromLocal", "/files/1", "/cached",
                     properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
        docker("restart", guide.master, guide.worker)
        guide.serving()
        guide.live_workers()
        one_line(guide.shell(guide.master, "fs", "ls", "/"), "100%", "/cached")
        equals(guide.shell(guide.master, "fs", "cat", "/cached"), "file 1")
    remove(guide.worker, guide.master)
    with row("S58", "without --no-format both are emptied, the under store is not"):
        guide.master = docker("run", "-d", NET, *common, "alluxio", "master")
        guide.worker = docker("run", "-d", NET, *common, *memory, "-v", "ram:/opt/ramdisk", "-e", "ALLUXIO_RAM_FOLDER=/opt/ramdisk",
                              "alluxio", "worker")
        guide.serving()
        guide.live_workers()
        guide.client(["-v", guide.host + "/files:/files"], "copyFromLocal", "/files/1", "/cached",
                     properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
        docker("restart", guide.master, guide.worker)
        guide.serving()
        guide.live_workers()
        listed = guide.shell(guide.master, "fs", "ls", "/")
        lacks(listed, "/cached")
        has(listed, "/data")
        equals(inside(guide.worker, "/bin/sh", "-c", "ls /opt/ramdisk/alluxioworker | grep -c '^[0-9]' || true"), "0")
        equals(digest(guide.host + "/underStorage/data"), guide.data)
    remove(guide.worker, guide.master)

    with row("-", "a read-only root with named volumes, as another user"):
        os.mkdir(guide.host + "/free")
        os.chmod(guide.host + "/free", 0o777)
        common[1] = guide.host + "/free:/underStorage"

        def volumes(who):
            words = ["--read-only", "--tmpfs", "/tmp", "--user", "1234"]
            for name in ("conf", "journal", "logs", "metastore"):
                words += ["-v", "alluxio-%s-%s:/opt/alluxio/%s" % (who, name, name)]
            return words
        guide.master = docker("run", "-d", NET, *common, *volumes("master"), "alluxio", "master", "--no-format")
        guide.worker = docker("run", "-d", NET, *common, *volumes("worker"), "--shm-size=256M",
                              "-e", "ALLUXIO_WORKER_MEMORY_SIZE=256MB", "alluxio", "worker", "--no-format")
        guide.serving()
        guide.live_workers()
        guide.run_tests(guide.worker)
        equals(guide.conf(guide.worker, "alluxio.master.hostname"), IP)
        guide.shell(guide.master, "fs", "mkdir", "/on-a-volume")
        docker("rm", "-f", guide.worker, guide.master)
        guide.master = docker("run", "-d", NET, *common, *volumes("master"), "alluxio", "master", "--no-format")
        guide.serving()
        has(guide.shell(guide.master, "fs", "ls", "/"), "/on-a-volume")
    remove(guide.master)
    with row("-", "a read-only root without a volume for conf/: the settings count all the same"):
        guide.master = docker("run", "-d", NET, *common, "--read-only", "--tmpfs", "/opt/alluxio/journal", "--tmpfs",
                              "/opt/alluxio/metastore", "--tmpfs", "/opt/alluxio/logs", "alluxio", "master")
        guide.serving()
        guide.shell(guide.master, "fs", "ls", "/")
        one_line(log_of(guide.master), "alluxio-site.properties", "handed on as arguments")
    remove(guide.master)
