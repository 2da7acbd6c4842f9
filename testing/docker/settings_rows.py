"""The environment's rules (S27, S28, S52, S59 to S61, S63, S65 to S67)."""
import json

from checks import equals, has, lacks, one_line, require, wait_for
from docker_host import IP, NET, docker, get, inside, log_of, remove


def settings(guide):
    """The environment's rules."""
    row = guide.row
    typed = {"alluxio.user.block.size.bytes.default": "33MB", "alluxio.master.ttl.checker.interval": "7min",
             "alluxio.user.short.circuit.enabled": "false", "alluxio.user.file.readtype.default": "NO_CACHE",
             "alluxio.user.hostname": "dummy", "alluxio.master.web.port": "18888", "alluxio.work.dir": "/tmp/work",
             "alluxio.worker.tieredstore.levels": "1", "alluxio.master.journal.folder": "/tmp/journal",
             "alluxio.user.block.write.location.policy.class": "alluxio.client.block.policy.RoundRobinPolicy"}
    env = []
    for key, value in typed.items():
        env += ["-e", "%s=%s" % (key.upper().replace(".", "_"), value)]
    java_opts = '-Da=b -Dc="d e"'
    with row("S27", "ten properties of different types by environment variables"):
        guide.master = docker("run", "-d", NET, "--user", "1234", *env, "-e", "FOO=1", "-e", "ALLUXIO_JAVA_OPTS=" + java_opts,
                              "-e", "ALLUXIO_MASTER_JAVA_OPTS=-Xmx1g -XX:+UseG1GC -agentlib:jdwp=transport=dt_socket "
                              "-Dalluxio.master.ttl.checker.interval=9min -Dalluxio.debug=true",
                              "-e", "ALLUXIO_MASTER_ADDRESS=" + IP,
                              "-e", "ALLUXIO_USER_APP_ID=a=b c", "alluxio", "MASTER", "--no-format")
        guide.serving()
        guide.serving(18888)
        for key, value in typed.items():
            equals((key, guide.conf(guide.master, key)), (key, value))
    with row("S52", "the verb's case of letters does not matter; any user id works"):
        equals(inside(guide.master, "id", "-u"), "1234")
        has(inside(guide.master, "cat", "/proc/1/cmdline"), "alluxio-master")
    site = inside(guide.master, "cat", "/opt/alluxio/conf/alluxio-site.properties")
    script = inside(guide.master, "cat", "/opt/alluxio/conf/alluxio-env.sh")
    with row("S28", "they are in conf/alluxio-site.properties"):
        require("alluxio.master.web.port=18888" in site.splitlines(), site)
    with row("S60", "FOO is not copied; GetConfKey names the property of a variable, or fails"):
        lacks(site.lower(), "foo")
        words = ["bin/alluxio", "runClass", "alluxio.cli.GetConfKey"]
        equals(inside(guide.master, *words, "ALLUXIO_MASTER_HOSTNAME"), "alluxio.master.hostname")
        inside(guide.master, *words, "FOO", code=1)
    with row("S61", "the spellings that break the rule"):
        irregular = {"ALLUXIO_UNDERFS_S3A_INHERIT_ACL": "alluxio.underfs.s3a.inherit_acl",
                     "ALLUXIO_MASTER_FORMAT_FILE_PREFIX": "alluxio.master.format.file_prefix",
                     "AWS_ACCESSKEYID": "aws.accessKeyId", "AWS_SECRETKEY": "aws.secretKey",
                     "FS_GCS_ACCESSKEYID": "fs.gcs.accessKeyId", "FS_GCS_SECRETACCESSKEY": "fs.gcs.secretAccessKey",
                     "FS_OSS_ACCESSKEYID": "fs.oss.accessKeyId", "FS_OSS_ACCESSKEYSECRET": "fs.oss.accessKeySecret"}
        out = inside(guide.master, "/bin/sh", "-c", "for name in %s; do bin/alluxio runClass alluxio.cli.GetConfKey $name; "
                     "done" % " ".join(irregular))
        equals(out.split(), list(irregular.values()))
    with row("S59", "*_JAVA_OPTS go to alluxio-env.sh; -D in them counts, -X and -agentlib are ignored"):
        has(script, "export ALLUXIO_MASTER_JAVA_OPTS=", "export ALLUXIO_JAVA_OPTS=")
        lacks(site, "java.opts")
        shown = wait_for(15, "safe mode ends", lambda: get(18888, "/api/v1/master/info"))
        equals(json.loads(shown)["configuration"]["alluxio.master.ttl.checker.interval"], "9min")
        one_line(log_of(guide.master), "ALLUXIO_MASTER_JAVA_OPTS", "ignored: -XX:+UseG1GC -agentlib:jdwp=transport=dt_socket")
    with row("S63", "values with = and spaces survive"):
        equals(inside(guide.master, "/bin/sh", "-c", ". /opt/alluxio/conf/alluxio-env.sh; printf %s \"$ALLUXIO_JAVA_OPTS\""),
               java_opts)
        equals(guide.conf(guide.master, "alluxio.user.app.id"), "a=b c")
    with row("S65", "ALLUXIO_MASTER_ADDRESS is the old name of ALLUXIO_MASTER_HOSTNAME, with a warning"):
        equals(guide.conf(guide.master, "alluxio.master.hostname"), IP)
        one_line(log_of(guide.master), "ALLUXIO_MASTER_ADDRESS", "ALLUXIO_MASTER_HOSTNAME")
    with row("S66", "a restart writes no line twice"):
        docker("restart", guide.master)
        guide.serving(18888)
        equals(inside(guide.master, "cat", "/opt/alluxio/conf/alluxio-site.properties"), site)
        equals(inside(guide.master, "cat", "/opt/alluxio/conf/alluxio-env.sh"), script)
    remove(guide.master)

    with row("S67", "2.9's defaults, and each of 1.8's is selectable"):
        old = {"alluxio.user.file.readtype.default": ("CACHE", "CACHE_PROMOTE"),
               "alluxio.user.file.writetype.default": ("ASYNC_THROUGH", "MUST_CACHE"),
               "alluxio.user.block.size.bytes.default": ("64MB", "512MB"),
               "alluxio.master.journal.type": ("EMBEDDED", "UFS"), "alluxio.master.metastore": ("ROCKS", "HEAP")}
        for index in (0, 1):
            env = []
            for key, values in old.items() if index else ():
                env += ["-e", "%s=%s" % (key.upper().replace(".", "_"), values[1])]
            guide.master = docker("run", "-d", NET, "-e", "ALLUXIO_MASTER_HOSTNAME=" + IP, *env, "alluxio", "master")
            guide.serving()
            for key, values in old.items():
                equals((key, guide.conf(guide.master, key)), (key, values[index]))
            guide.shell(guide.master, "fs", "mkdir", "/made")
            remove(guide.master)
