"""The unmodified Java client of Alluxio 2.9, in containers of its own."""
import fcntl
import glob
import os
import shutil

import base_images
from checks import Failed, digest, equals, has, run
from docker_host import IP, NET, docker

HERE = os.path.dirname(os.path.realpath(__file__))
IMAGE = "alluxio-java-base"


def fetch(folder):
    """Has Maven fetch the client (or find its copy) and compiles ContainerClient; while there is a network."""
    place = folder + "/java"
    os.makedirs(place + "/classes")
    shutil.copy(os.path.join(HERE, "../compat/java/pom.xml"), place)
    os.environ.setdefault("HOME", os.path.expanduser("~root"))
    problem = ""
    if not (shutil.which("mvn") and shutil.which("javac")):
        problem = "needs maven and a JDK: tools/install-packages test"
    else:
        with open("/tmp/alluxio-java-client.lock", "w") as lock:  # as testing/compat/java
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = run(["mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:build-classpath",
                        "-Dmdep.outputFile=" + place + "/classpath"], cwd=place, timeout=300)
        if done.returncode == 0:
            with open(place + "/classpath") as f:
                done = run(["javac", "-cp", f.read(), "-d", place + "/classes", HERE + "/ContainerClient.java"])
        if done.returncode != 0:
            problem = "the Java client could not be had from Maven: " + done.stdout[-2000:] + done.stderr[-2000:]
    with open(place + "/problem", "w") as f:
        f.write(problem)


def goes(guide, read, written, arguments=(), properties=()):
    """As Guide.goes, with the Java client: right bytes, by these ways alone."""
    place = guide.folder + "/java"
    with open(place + "/problem") as f:
        problem = f.read()
    if problem:
        raise Failed(problem)
    if run(["docker", "image", "inspect", IMAGE]).returncode != 0:
        base_images.import_debian(IMAGE, ["libstdc++6", "zlib1g"])
    with open(place + "/classpath") as f:
        jars = f.read().strip()
    java = os.path.realpath(shutil.which("java"))
    mounts = {os.path.dirname(os.path.dirname(java)), os.path.commonpath(jars.split(":")), *glob.glob("/etc/java-*")}
    words = ["run", "--rm", NET, "-v", place + "/classes:/classes:ro", "-v", guide.host + "/files:/files:ro", *arguments]
    for mount in sorted(mounts):
        words += ["-v", "%s:%s:ro" % (mount, mount)]
    guide.written += 1
    name = "/java-%d" % guide.written
    before = guide.counters()
    out = docker(*words, IMAGE, java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-Dlog4j.configuration=none",
                 "-cp", "/classes:" + jars, "-Dalluxio.master.hostname=" + IP,
                 "-Dalluxio.user.metrics.collection.enabled=true", *properties, "ContainerClient", "/files/data", "/data", name)
    has(out, "same bytes")
    size = os.path.getsize(guide.host + "/files/data")
    equals(guide.moved(before, ["Read" + read, "Written" + written]), {"Read" + read: size, "Written" + written: size})
    equals(digest(docker("exec", guide.worker, "bin/alluxio", "fs", "cat", name, text=False)), guide.data)
