"""The guide's first pair: a master, and a worker on a ramdisk of the host."""
import glob
import os
import re
import shutil
import socket

import java_client
from checks import Skip, digest, equals, has, lacks, one_line, require, run, wait_for
from docker_host import IP, NET, docker, get, inside, port_open, remove, state
from five_ports import five_ports
from guide import DATA_BYTES, GB

FIVE_PORTS = (19998, 19999, 29998, 29999, 30000)


def guide_pair(guide):
    """The guide's first pair: a ramfs of the host."""
    row = guide.row
    with row("S9", "a ramfs of the host (mount -t ramfs -o size=1G ramfs)"):
        guide.sh("mkdir /mnt/ramdisk\nmount -t ramfs -o size=1G ramfs /mnt/ramdisk\nchmod a+w /mnt/ramdisk")
    with row("S12", "a master with hostname and under store"):
        guide.master = guide.sh("""docker run -d --net=host \\
             -v $PWD/underStorage:/underStorage \\
             -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
             -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
             alluxio master""")
        guide.serving()
        one_line(guide.shell(guide.master, "fs", "mount"), "/underStorage", "on", "/", "local")
    with row("S14", "ALLUXIO_MASTER_HOSTNAME is the master's address"):
        equals(guide.conf(guide.master, "alluxio.master.hostname"), IP)
        has(guide.shell(guide.master, "fsadmin", "report"), IP + ":19998")
        has(get(19999, "/"), IP)
    with row("S8", "files of the host folder are listed"):
        has(guide.shell(guide.master, "fs", "ls", "/"), "/data")
    with row("S17", "a worker on the shared ramdisk"):
        guide.worker = guide.sh("""ALLUXIO_WORKER_CONTAINER_ID=$(docker run -d --net=host \\
             -v /mnt/ramdisk:/opt/ramdisk \\
             -v $PWD/underStorage:/underStorage \\
             -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} \\
             -e ALLUXIO_RAM_FOLDER=/opt/ramdisk \\
             -e ALLUXIO_WORKER_MEMORY_SIZE=1GB \\
             -e ALLUXIO_UNDERFS_ADDRESS=/underStorage \\
             alluxio worker)
             echo $ALLUXIO_WORKER_CONTAINER_ID""")
        guide.live_workers()
    with row("S16", "ALLUXIO_UNDERFS_ADDRESS by both names, in both containers"):
        for container in (guide.master, guide.worker):
            equals(guide.conf(container, "alluxio.underfs.address"), "/underStorage")
            equals(guide.conf(container, "alluxio.master.mount.table.root.ufs"), "/underStorage")
    with row("S19", "ALLUXIO_RAM_FOLDER is level 0, and in conf/alluxio-env.sh"):
        equals(guide.conf(guide.worker, "alluxio.worker.tieredstore.level0.dirs.path"), "/opt/ramdisk")
        equals(guide.conf(guide.worker, "alluxio.worker.tieredstore.level0.alias"), "MEM")
        has(inside(guide.worker, "cat", "/opt/alluxio/conf/alluxio-env.sh"), 'export ALLUXIO_RAM_FOLDER="/opt/ramdisk"')
        lacks(inside(guide.worker, "cat", "/opt/alluxio/conf/alluxio-site.properties"), "ram.folder")
    with row("S2", "idle: master and worker together below 100 MB"):
        kilobytes = 0
        for container in (guide.master, guide.worker):
            with open("/proc/%d/status" % state(container)["Pid"]) as f:
                fields = dict(line.split(":", 1) for line in f)
            kilobytes += int(fields["VmRSS"].split()[0])
        require(kilobytes < 100 * 1024, "resident: %d kB" % kilobytes)
    with row("S3", "the five ports listen: 19998, 19999, 29999, 30000, and 1.8's 29998"):
        for port in FIVE_PORTS:
            require(port_open(port, IP), "port %d is closed" % port)
        guide.shell(guide.worker, "fs", "-Dalluxio.worker.rpc.port=29998", "ls", "/")
    with row("S3", "a client that can reach nothing but those five ports writes and reads"):
        only_five_ports(guide)
    with row("S22", "docker exec -it ID /bin/sh; cd opt/alluxio; bin/alluxio runTests (S23, S24)"):
        shown = guide.typed(guide.worker, "cd opt/alluxio\nbin/alluxio runTests; echo code=$?\nexit\n")
        guide.passed_all(shown)
        has(shown, "code=0")
    with row("S15", "CACHE_THROUGH: the host folder has the same bytes"):
        guide.client(["-v", guide.host + "/files:/files"], "copyFromLocal", "/files/data", "/through",
                     properties=["-Dalluxio.user.file.writetype.default=CACHE_THROUGH"])
        equals(digest(guide.host + "/underStorage/through"), guide.data)
    with row("S18", "a block is a file on the host: <ramdisk>/alluxioworker/<blockId>"):
        blocks = glob.glob(guide.host + "/mnt/ramdisk/alluxioworker/[0-9]*")
        require(any(os.path.getsize(b) == DATA_BYTES and digest(b) == guide.data for b in blocks), str(blocks))
    with row("-", "bin/alluxio fs load"):
        guide.client([], "load", "/data")
    ramdisk = ["-v", guide.host + "/mnt/ramdisk:/opt/ramdisk"]
    with row("S34", "a client with the ramdisk reads and writes block files itself (BytesReadLocal)"):
        guide.goes("Local", "Local", ramdisk, why=["by file"])
    with row("S34", "the Java client of 2.9, the same, in a container of its own"):
        java_client.goes(guide, "Local", "Local", ramdisk)
    with row("S34", "by strace: it opens the block's file itself, and writes all of a new block's file"):
        traced(guide, ramdisk)
    with row("S42", "the same host name and no socket: the block's file; another name: TCP"):
        guide.goes("Remote", "Remote", ramdisk, ["-Dalluxio.user.hostname=elsewhere"],
                   why=["by TCP", "not by file: the worker is on another node"])
    with row("S33", "alluxio.user.hostname=dummy: no attempt at the file, no warning"):
        out, said = guide.client(["-e", "ALLUXIO_USER_JAVA_OPTS=-Dalluxio.user.hostname=dummy"], "cat", "/data")
        equals((digest(out), said), (guide.data, ""))
        guide.goes("Remote", "Remote", ["-e", "ALLUXIO_USER_JAVA_OPTS=-Dalluxio.user.hostname=dummy"],
                   why=["by TCP", "not by file: the worker is on another node"])
    with row("S29", "a client that shares nothing: TCP, and says why not the file"):
        guide.goes("Remote", "Remote", why=["by TCP", "file: ", "No such file"])
    with row("S20", "1024.00MB in MEM; 3 x 512 MB evict, and never exceed it"):
        one_line(guide.shell(guide.master, "fsadmin", "report", "capacity"), "MEM", "1024.00MB")
        guide.sh("truncate -s 512M files/large")
        for number in range(3):
            guide.client(["-v", guide.host + "/files:/files", *ramdisk], "copyFromLocal", "/files/large",
                         "/large-%d" % number, properties=["-Dalluxio.user.file.writetype.default=MUST_CACHE"])
            used = sum(os.stat(f).st_blocks * 512 for f in glob.glob(guide.host + "/mnt/ramdisk/alluxioworker/*")
                       if os.path.isfile(f))
            require(used <= GB, "%d bytes in use" % used)
        listed = guide.shell(guide.master, "fs", "ls", "/")
        one_line(listed, "100%", "/large-2")
        os.unlink(guide.host + "/files/large")
        guide.shell(guide.master, "fs", "rm", "-R", "/large-0", "/large-1", "/large-2")
    with row("-", "health check: docker inspect says healthy"):
        for container in (guide.master, guide.worker):
            wait_for(30, "healthy", lambda c=container: state(c)["Health"]["Status"] == "healthy")
    with row("S2", "all that within 2 GB in total, without an OOM kill and without swap"):
        facts = guide.daemon.memory_facts()
        print("        %s" % facts)
        equals((facts["limit"], facts["oom_kills"], facts["swap"]), (2 * GB, 0, 0))
        # The limit held something: the ramdisk's blocks count against it.
        require(GB // 2 < facts["peak"] <= 2 * GB, "not all of it was within the limit")
        for container in (guide.master, guide.worker):
            equals(state(container)["OOMKilled"], False)
    with row("S10", "after a restart of the daemon the same commands work, with --no-format"):
        guide.daemon.stop()
        guide.daemon.start()
        docker("rm", guide.master, guide.worker)
        pair = "-v $PWD/underStorage:/underStorage -e ALLUXIO_MASTER_HOSTNAME=${INSTANCE_PUBLIC_IP} " \
               "-e ALLUXIO_UNDERFS_ADDRESS=/underStorage"
        guide.master = guide.sh("docker run -d --net=host %s alluxio master --no-format" % pair)
        guide.worker = guide.sh("docker run -d --net=host -v /mnt/ramdisk:/opt/ramdisk %s -e ALLUXIO_RAM_FOLDER=/opt/ramdisk "
                                "-e ALLUXIO_WORKER_MEMORY_SIZE=1GB alluxio worker --no-format" % pair)
        guide.serving()
        guide.live_workers()
    with row("S68", "docker stop ends the worker in under 5 s"):
        guide.stops(guide.worker)
    remove(guide.worker)
    guide.sh("umount /mnt/ramdisk")


def only_five_ports(guide):
    """A container whose network holds nothing but forwarders of the five ports."""
    with socket.create_server((IP, 0)) as other, five_ports("alluxio", FIVE_PORTS) as network:
        require(network.reaches(19998), "the forwarder does not work")
        require(not network.reaches(other.getsockname()[1]), "the client's network is open")
        network.used.clear()
        before = guide.counters()
        options = ["-Dalluxio.user.file.writetype.default=MUST_CACHE"]
        guide.client(["-v", guide.host + "/files:/files"], "copyFromLocal", "/files/data", "/by-five-ports",
                     properties=options, network=network.name)
        out, _ = guide.client([], "cat", "/by-five-ports", properties=options, network=network.name)
        equals(digest(out), guide.data)
        equals(guide.moved(before, ["ReadRemote", "WrittenRemote"]),
               {"ReadRemote": DATA_BYTES, "WrittenRemote": DATA_BYTES})
        equals(network.used, {19998, 29999})


def traced(guide, ramdisk):
    """What the client's process itself opens below the worker's folder."""
    strace = shutil.which("strace")
    if strace is None:
        raise Skip("there is no strace: tools/install-packages test")
    mounts = ["-v", strace + ":/strace:ro", "-v", guide.host + "/files:/files", *ramdisk]
    for library in re.findall(r"(/\S+) \(0x", run(["ldd", strace]).stdout):
        mounts += ["-v", "%s:%s:ro" % (os.path.realpath(library), library)]

    def lines_of(*command):
        done = run(["docker", "run", "--rm", NET, "--cap-add", "SYS_PTRACE", "--security-opt", "seccomp=unconfined",
                    *mounts, "--entrypoint", "/strace", "alluxio", "-f", "-qq", "-y", "-s", "0",
                    "-e", "trace=open,openat,creat,write,pwrite64,writev,pwritev", "-o", "/files/trace",
                    "/opt/alluxio/bin/alluxio", "fs", "-Dalluxio.master.hostname=" + IP,
                    "-Dalluxio.user.file.writetype.default=MUST_CACHE", *command], text=False)
        require(done.returncode == 0, done.stderr.decode())
        with open(guide.host + "/files/trace") as f:
            lines = [line for line in f if "/opt/ramdisk/alluxioworker/" in line and " = -1 " not in line]
        os.unlink(guide.host + "/files/trace")
        print("".join("        " + line for line in lines), end="")
        return done.stdout, lines
    out, lines = lines_of("cat", "/data")
    equals(digest(out), guide.data)
    require(any(re.search(r'open.*"/opt/ramdisk/alluxioworker/\d+", O_RDONLY', line) for line in lines), str(lines))
    # The worker makes the empty file, as the original's does, so that a client which shares
    # another folder finds nothing there; what is in it is the client's doing.
    _, lines = lines_of("copyFromLocal", "/files/data", "/traced")
    require(any(re.search(r'open.*"/opt/ramdisk/alluxioworker/\S+", O_(WRONLY|RDWR)', line) for line in lines), str(lines))
    written = sum(int(size) for line in lines
                  for size in re.findall(r'write(?:64)?\(\d+</opt/ramdisk/alluxioworker/[^>]+>, .*?, (\d+)', line))
    equals(written, DATA_BYTES)
