"""How the image is made, and of what (S1, S4 to S7, S24 to S26, S54, S56, S57)."""
import http.server
import json
import os
import re
import shutil
import tarfile
import threading

import base_images
from checks import digest, equals, has, one_line, require, run
from docker_host import IP, NET, docker, docker_fails
from guide import DATA_BYTES, ROOT, RUN_ALLUXIO


def images(guide):
    row = guide.row
    os.makedirs(guide.host + "/underStorage")
    for place in ("/mnt", "/tmp", "/files", "/alluxio", "/empty"):
        os.mkdir(guide.host + place)
    for name in ("docker", "integration", "tools"):
        shutil.copytree(os.path.join(ROOT, name), guide.host + "/alluxio/" + name, symlinks=True,
                        ignore=shutil.ignore_patterns("*.tar.gz", "image", "BUILD"))
    with open("/dev/urandom", "rb") as random, open(guide.host + "/files/data", "wb") as f:
        f.write(random.read(DATA_BYTES))
    guide.data = digest(guide.host + "/files/data")
    shutil.copy(guide.host + "/files/data", guide.host + "/underStorage/data")
    for number in range(10):
        with open(guide.host + "/files/%d" % number, "w") as f:
            f.write("file %d\n" % number)

    with row("S1", "docker/ and integration/docker hold what an image is made of"):
        for name in ("Dockerfile", "entrypoint.sh", "conf", "README.md", "compose.yaml"):
            require(os.path.exists(os.path.join(ROOT, "integration/docker", name)), "no " + name)
        equals(os.path.realpath(ROOT + "/integration/docker"), os.path.realpath(ROOT + "/docker"))
    base_images.import_busybox("busybox:stable")
    with row("-", "sizes: the image's tar below 30 MB, the tarball below 60 MB unpacked"):
        size = os.path.getsize(guide.image_tar)
        with tarfile.open(guide.tarball) as release:
            unpacked = sum(entry.size for entry in release)
        print("        image %.1f MB, tarball %.1f MB, unpacked %.1f MB" %
              (size / 1e6, os.path.getsize(guide.tarball) / 1e6, unpacked / 1e6))
        require(0 < size < 30e6 and 0 < unpacked < 60e6, "too large")
    with row("-", "tools/docker-context puts a given tarball into the folder"):
        guide.sh("cd alluxio; tools/docker-context %s" % guide.tarball)
        equals(digest(guide.context + "/alluxio-2.9.6-bin.tar.gz"), digest(guide.tarball))
    with row("-", "conf/ goes over the tarball's"):
        with open(guide.context + "/conf/metrics.properties", "w") as f:
            f.write("# put there by the test\n")
    # S5: nothing but docker is on the path.
    os.mkdir(guide.folder + "/bin")
    os.symlink(shutil.which("docker"), guide.folder + "/bin/docker")
    with row("S4", "cd alluxio/integration/docker; docker build -t alluxio . (S5, S6: with nothing but docker)"):
        guide.sh("cd alluxio/integration/docker\ndocker build -t alluxio .", path=guide.folder + "/bin")
    with row("S6", "the image alluxio, with /entrypoint.sh"):
        equals(docker("image", "inspect", "-f", "{{json .Config.Entrypoint}}", "alluxio"), '["/entrypoint.sh"]')
    shutil.copy(guide.tarball, guide.context + "/alluxio-snapshot.tar.gz")
    with row("S25", "--build-arg ALLUXIO_TARBALL=alluxio-snapshot.tar.gz (S7, S56)"):
        guide.sh("cd alluxio/integration/docker\n"
                 "docker build -t local --build-arg ALLUXIO_TARBALL=alluxio-snapshot.tar.gz .")
        equals(image_files("local"), image_files("alluxio"))
    with row("S26", "--build-arg ALLUXIO_TARBALL=http://.../alluxio-2.9.6-bin.tar.gz: the same files"):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def __init__(handler, *words):
                super().__init__(*words, directory=os.path.dirname(guide.tarball))

            def log_message(handler, *words):
                pass
        server = http.server.ThreadingHTTPServer((IP, 8000), Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            guide.sh("cd alluxio/integration/docker\ndocker build -t remote --build-arg "
                     "ALLUXIO_TARBALL=http://%s:8000/%s ." % (IP, os.path.basename(guide.tarball)))
        finally:
            server.shutdown()
        equals(image_files("remote"), image_files("alluxio"))
    with row("S57", "/opt/alluxio links to /opt/alluxio-2.9.6; conf/ of the context is in it"):
        out = docker("run", "--rm", NET, "--entrypoint", "/bin/sh", "alluxio", "-c",
                     "readlink /opt/alluxio; cat /opt/alluxio/conf/metrics.properties")
        equals(out, "/opt/alluxio-2.9.6\n# put there by the test")
    with row("-", "what is no tarball, no release or no file is refused in one line"):
        with open(guide.context + "/bad.tar.gz", "w") as f:
            f.write("no tarball\n")
        guide.sh("tar -czf alluxio/docker/other.tar.gz files/1")
        for name, word in (("bad.tar.gz", "ALLUXIO_TARBALL (bad.tar.gz) is neither a release of Alluxio"),
                           ("other.tar.gz", "ALLUXIO_TARBALL holds no alluxio-*/bin/alluxio"),
                           ("nosuch.tar.gz", "nosuch.tar.gz")):
            one_line(docker_fails("build", "-t", "bad", "--build-arg", "ALLUXIO_TARBALL=" + name, guide.context), word)
    docker("rmi", "local", "remote")
    for name in ("alluxio-snapshot.tar.gz", "bad.tar.gz", "other.tar.gz", "conf/metrics.properties"):
        os.unlink(guide.context + "/" + name)
    with row("-", "bazel run //docker:image: docker load takes it, the files are those of docker build"):
        docker("tag", "alluxio", "built")
        docker("build", "-t", "built", guide.context)
        docker("load", "-i", guide.image_tar)
        built, loaded = image_files("built"), image_files("alluxio")
        for path in sorted(set(built) | set(loaded)):
            if path.startswith(("/opt/", "/entrypoint.sh", "/bin/")):
                equals((path, loaded.get(path)), (path, built.get(path)))
        config = json.loads(docker("image", "inspect", "built"))[0]["Config"]
        wanted = json.loads(docker("image", "inspect", "alluxio"))[0]["Config"]
        for key in ("Entrypoint", "WorkingDir", "ExposedPorts", "Env", "Healthcheck", "Volumes", "User", "Cmd"):
            equals((key, wanted.get(key)), (key, config.get(key)))
    docker("tag", "built", "alluxio")


def image_files(image):
    """path: (kind, mode, size or target) of what lies in an image."""
    script = ("find / -xdev \\( -path /proc -o -path /sys -o -path /dev \\) -prune -o -print | sort | "
              "while read -r f; do stat -c '%N|%f|%s|%F' \"$f\"; done")
    lines = docker("run", "--rm", NET, "--entrypoint", "/bin/sh", image, "-c", script).splitlines()
    made_by_docker = ("/.dockerenv", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab")
    found = {}
    for line in lines:
        name, mode, size, kind = line.rsplit("|", 3)
        path = name.split(" -> ")[0].strip("'")
        if path not in made_by_docker and path != "/":
            found[path] = (name, mode, "" if kind == "directory" else size)
    return found


def bases(guide):
    """One line changes the base; nothing is installed into it."""
    def shell_only(name):
        base_images.import_shell_only(name)

    def debian(name):
        base_images.import_debian(name, ["libstdc++6", "zlib1g"])

    for kind, make in (("a static shell and nothing else", shell_only), ("musl", base_images.import_musl),
                       ("Debian", debian)):
        with guide.row("S24", "bin/alluxio runTests in an image with %s" % kind):
            name = kind.split()[-1].lower()
            make("base-" + name)
            with open(guide.context + "/Dockerfile") as f:
                text = f.read()
            require(text.count("\nFROM ") == 1, "more than one FROM")
            with open(guide.folder + "/Dockerfile", "w") as f:
                f.write(re.sub(r"(?m)^FROM .*$", "FROM base-" + name, text))
            docker("build", "-t", "alluxio-" + name, "-f", guide.folder + "/Dockerfile", guide.context)
            if name == "musl":
                has(docker_fails("run", "--rm", NET, "--entrypoint", "/lib/ld-musl-x86_64.so.1", "alluxio-musl"), "musl libc")
            if name == "debian":
                has(docker("run", "--rm", NET, "--entrypoint", "/usr/bin/dpkg", "alluxio-debian", "--version"), "Debian")
            if name == "debian":
                # The scripts need no program of the base but its shell.
                out = docker("run", "--rm", NET, "--entrypoint", "/bin/sh", "alluxio-debian", "-c",
                             "PATH=/nosuch; export PATH; cd /opt/alluxio && bin/alluxio-start.sh -f master NoMount && "
                             "bin/alluxio fs mkdir /made && bin/alluxio fs ls / && bin/alluxio-stop.sh all")
                has(out, "The master is up (pid ", "/made", "Stopped the master (pid ")
            if name == "else":
                docker_fails("run", "--rm", NET, "--entrypoint", "/bin/ls", "alluxio-else")
            guide.new_master("alluxio-" + name)
            guide.worker = docker("run", "-d", NET, "--shm-size=256M", "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP,
                                  "-e", "ALLUXIO_WORKER_MEMORY_SIZE=256MB", "-v", guide.host + "/underStorage:/underStorage", "alluxio-" + name, "worker")
            guide.live_workers()
            guide.run_tests(guide.worker)
        for container in (guide.worker, guide.master):
            if container:
                run(["docker", "rm", "-f", container])
    with guide.row("S54", "the image's name and tag mean nothing"):
        docker("tag", "alluxio", "registry.example/other:1")
        equals(docker("run", "--rm", NET, *RUN_ALLUXIO, "registry.example/other:1", "version"), "2.9.6")
