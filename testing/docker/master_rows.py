"""A master alone (S11, S13, S55, S68)."""
import docker_host
from checks import equals, has
from docker_host import NET, docker, inside, log_of, remove


def plain_master(guide):
    row = guide.row
    with row("S11", "docker run -d --net=host alluxio master"):
        guide.master = guide.sh("docker run -d --net=host alluxio master")
        guide.serving()
        guide.serving(19999)
        has(guide.conf(guide.master, "alluxio.master.mount.table.root.ufs"), "/underFSStorage")
        has(guide.shell(guide.master, "fsadmin", "report"), docker_host.HOST_NAME + ":19998")
    with row("S55", "it is PID 1 in the foreground; docker logs and logs/ have the log (docker run -d)"):
        has(inside(guide.master, "cat", "/proc/1/cmdline"), "alluxio-master")
        has(log_of(guide.master), "Alluxio master started")
        has(inside(guide.master, "cat", "/opt/alluxio/logs/master.log"), "Alluxio master started")
    with row("S68", "docker stop ends the master in under 5 s, and its journal is whole"):
        guide.shell(guide.master, "fs", "mkdir", "/kept")
        guide.stops(guide.master)
        docker("commit", guide.master, "stopped")
        again = docker("run", "-d", NET, "stopped", "master", "--no-format")
        guide.serving()
        has(guide.shell(again, "fs", "ls", "/"), "/kept")
        remove(again)
        docker("rmi", "stopped")
    remove(guide.master)
    with row("S13", "a hostname of no local interface: bound to all, only advertised"):
        guide.master = docker("run", "-d", NET, "-e", "ALLUXIO_MASTER_HOSTNAME=203.0.113.7", "alluxio", "master")
        guide.serving()
        equals(guide.conf(guide.master, "alluxio.master.hostname"), "203.0.113.7")
        guide.shell(guide.master, "fs", "-Dalluxio.master.hostname=localhost", "mkdir", "/made")
        has(guide.shell(guide.master, "fs", "-Dalluxio.master.hostname=localhost", "ls", "/"), "/made")
    remove(guide.master)
