#!/bin/sh
# Goal: start, stop and dispatch do what they say, from an unpacked tarball.
# Method: a folder laid out as a tarball, in which the programs are scripts: the
# master makes a file when it is "up", the client looks for it.
set -u
here=$PWD
home=$TEST_TMPDIR/alluxio
failures=0

check() { # check DESCRIPTION EXPECTED ACTUAL
  if [ "$2" != "$3" ]; then
    printf 'FAILED: %s\n  want: %s\n  got:  %s\n' "$1" "$2" "$3"
    failures=$((failures + 1))
  fi
}
contains() { # contains DESCRIPTION PART WHOLE
  case $3 in
    *"$2"*) ;;
    *)
      printf 'FAILED: %s\n  want in it: %s\n  got:  %s\n' "$1" "$2" "$3"
      failures=$((failures + 1))
      ;;
  esac
}

mkdir -p "$home/lib" "$home/bin" "$home/conf" "$home/libexec"
cp -L "$here"/bin/alluxio* "$here/bin/launch-process" "$home/bin/"
cp -L "$here"/conf/* "$home/conf/"
cp -L "$here"/libexec/alluxio-config.sh "$here"/libexec/quickstart "$home/libexec/"
ln -s "$home/bin/alluxio" "$TEST_TMPDIR/link"

cat >"$home/lib/alluxio-client" <<'END'
#!/bin/sh
home=$(dirname "$(dirname "$0")")
case "$*" in
  *"fs test -d /") [ -e "$home/master_is_up" ] ;;
  *"fs getCapacityBytes") [ -e "$home/worker_is_up" ] && echo "Capacity Bytes: 42" ;;
  "getConf alluxio.worker.tieredstore.levels") echo 1 ;;
  "getConf alluxio.worker.tieredstore.level0.alias") echo MEM ;;
  "getConf --unit B alluxio.worker.tieredstore.level0.dirs.quota") echo 100 ;;
  "getConf alluxio.worker.tieredstore.level0.dirs.path") echo "$home/ram" ;;
  "getConf alluxio.master.mount.table.root.ufs") echo "$home/ufs" ;;
  *) echo "client $* HOSTNAME=${ALLUXIO_MASTER_HOSTNAME:-} JAVA=${ALLUXIO_JAVA_OPTS:-}" ;;
esac
END
for name in master worker; do
  cat >"$home/lib/alluxio-$name" <<END
#!/bin/sh
[ ! -e "$home/die" ] || { echo "cannot bind the port"; exit 3; }
touch "$home/${name}_is_up"
trap 'rm -f "$home/${name}_is_up"; exit 0' TERM
while :; do sleep 0.1; done
END
done
chmod +x "$home"/lib/*

# Dispatch, through a symbolic link too, and alluxio-env.sh with bash's +=.
check "the client gets all arguments" "client fs ls -R / HOSTNAME= JAVA=" "$("$TEST_TMPDIR/link" fs ls -R /)"
cat >"$home/conf/alluxio-env.sh" <<'END'
ALLUXIO_MASTER_HOSTNAME=${ALLUXIO_MASTER_HOSTNAME:-here}
ALLUXIO_JAVA_OPTS+=" -Da=b c"
END
check "settings of alluxio-env.sh" "client version HOSTNAME=here JAVA= -Da=b c" "$("$home/bin/alluxio" version)"
check "the environment is stronger where the file lets it" "client version HOSTNAME=there JAVA= -Da=b c" \
  "$(ALLUXIO_MASTER_HOSTNAME=there "$home/bin/alluxio" version)"
rm "$home/conf/alluxio-env.sh"
check "no arguments: the client shows the usage" "client  HOSTNAME= JAVA=" "$("$home/bin/alluxio")"
check "help" "client help HOSTNAME= JAVA=" "$("$home/bin/alluxio" --help)"
contains "copyDir names what is not there" "no such file" "$("$home/bin/alluxio" copyDir "$home/nosuch" 2>&1)"
contains "copyDir needs no copy on this machine" "RSYNC'ing $home/conf to workers..." "$("$home/bin/alluxio" copyDir "$home/conf")"

# bootstrapConf.
for name in '' -h --help a/b 'h&x' 'a b' 'a\b' '$(id)' 'a;b'; do
  out=$("$home/bin/alluxio" bootstrapConf "$name" 2>&1)
  check "bootstrapConf refuses '$name'" 1 $?
  contains "bootstrapConf says how to use it instead of '$name'" "Usage: alluxio bootstrapConf" "$out"
done
out=$("$home/bin/alluxio" bootstrapConf a b 2>&1)
check "bootstrapConf takes one name" 1 $?
mv "$home/conf/alluxio-site.properties.template" "$home/template"
"$home/bin/alluxio" bootstrapConf master7 >/dev/null 2>&1
check "bootstrapConf without its template" 1 $?
mv "$home/template" "$home/conf/alluxio-site.properties.template"
check "what was refused leaves no file" "" "$(ls "$home/conf" | grep 'site.properties$\|new$')"
"$home/bin/alluxio" bootstrapConf master7 >/dev/null
check "bootstrapConf" "alluxio.master.hostname=master7" "$(grep '^alluxio' "$home/conf/alluxio-site.properties")"
contains "bootstrapConf keeps what is there" "already exists" "$("$home/bin/alluxio" bootstrapConf x)"

# format -s leaves alone what is there.
mkdir "$home/ufs"
check "format -s" "" "$("$home/bin/alluxio" format -s)"
rmdir "$home/ufs"
contains "format -s of a fresh host" "client formatJournal" "$("$home/bin/alluxio" format -s)"
for word in formatWorker formatWorkers formatMasters; do
  out=$("$home/bin/alluxio" $word -h 2>&1)
  check "$word -h formats nothing" 2 $?
  check "$word -h says how to use it" "Usage: alluxio $word" "$out"
done
contains "formatWorker still formats" "client formatWorker HOSTNAME" "$("$home/bin/alluxio" formatWorker)"
contains "format takes nothing else" "Usage: alluxio format [-s]" "$("$home/bin/alluxio" format x 2>&1)"

# Start, start again, stop, stop again.
out=$("$home/bin/alluxio-start.sh" local NoMount 2>&1)
check "start succeeds" 0 $?
contains "the master is up" "The master is up (pid " "$out"
contains "the worker is up" "The worker is up (pid " "$out"
pid=$(cat "$home/logs/master.pid")
kill -0 "$pid"
check "the pid file names the process" 0 $?
contains "a running worker is not formatted" "is running; stop it first" "$("$home/bin/alluxio" formatWorker 2>&1)"
contains "a second start" "The master is already running (pid $pid)." "$("$home/bin/alluxio-start.sh" master)"
out=$("$home/bin/alluxio-stop.sh" all 2>&1)
contains "stop" "Stopped the master (pid $pid)." "$out"
contains "stop" "Stopped the worker (pid " "$out"
check "the process ended on its own terms" "" "$(ls "$home" | grep is_up)"
contains "a second stop" "There is no master running that was started here." "$("$home/bin/alluxio-stop.sh" master)"

# A pid file of another process is not believed.
echo $$ >"$home/logs/master.pid"
contains "a stale pid file" "There is no master running" "$("$home/bin/alluxio-stop.sh" master)"

# Options behind the action, saved RAM folders, and a look at the processes.
mkdir "$home/ram"
echo block >"$home/ram/1"
contains "-f behind the action" "client formatJournal" "$("$home/bin/alluxio-start.sh" master -f 2>&1)"
contains "a bad option behind it" "Usage: alluxio-start.sh" "$("$home/bin/alluxio-start.sh" master -x 2>&1)"
"$home/bin/alluxio-start.sh" worker NoMount >/dev/null 2>&1
out=$("$home/bin/alluxio-monitor.sh" local)
check "the monitor is content" 0 $?
contains "the monitor says so" "[ OK ] The worker service @ " "$out"
contains "the monitor's log mode" "--- Printing the log tail for $home/logs/master.log" "$("$home/bin/alluxio-monitor.sh" -L masters)"
contains "stop saves the RAM folders" "Saving worker ramcache at $home/ram" \
  "$("$home/bin/alluxio-stop.sh" local -c "$home/saved" 2>&1)"
rm "$home/ram/1"
contains "start fills them" "Populating worker ramcache at $home/ram" \
  "$("$home/bin/alluxio-start.sh" worker NoMount -c "$home/saved" 2>&1)"
check "with what was there" block "$(cat "$home/ram/1")"
"$home/bin/alluxio-stop.sh" worker -s >/dev/null
out=$(ALLUXIO_MONITOR_TIMEOUT=1 "$home/bin/alluxio-monitor.sh" worker)
check "the monitor fails" 1 $?
contains "the monitor says what is wrong" "[ FAILED ] The worker @ " "$out"

# Commands on all hosts.
out=$("$home/bin/alluxio-masters.sh" echo "it's done")
check "a command on all masters" 0 $?
contains "its end" "All tasks finished" "$out"
contains "what it said" "] it's done" "$(cat "$home/logs/task.log")"
contains "a failure" "fails, exit code: 1" "$("$home/bin/alluxio-workers.sh" false 2>&1)"

# In the foreground.
(
  trap - TERM
  exec "$home/bin/launch-process" master -c
) >"$home/out" 2>&1 &
pid=$!
while kill -0 "$pid" && ! [ -e "$home/master_is_up" ]; do sleep 0.1; done
kill "$pid"
wait "$pid"
check "launch-process becomes the process" 0 $?
contains "launch-process knows what there is" "There is no proxy in this version." "$("$home/bin/launch-process" proxy 2>&1)"

# A process that dies at once.
touch "$home/die"
out=$("$home/bin/alluxio-start.sh" master 2>&1)
check "a failed start fails" 1 $?
contains "a failed start shows the log" "cannot bind the port" "$out"
rm "$home/die"

# What the original has and this has not.
contains "no job service" "There is no job_master in this version" "$("$home/bin/alluxio-start.sh" job_masters)"

# quickstart looks at its folder before it builds anything.
mkdir -p "$home/tools"
echo : >"$home/WORKSPACE"
printf '#!/bin/sh\necho "a build begins"\nexit 1\n' >"$home/tools/install-packages"
chmod +x "$home/tools/install-packages"
check "quickstart and a folder that isn't there" "There is no folder $home/nosuch" \
  "$("$home/libexec/quickstart" "$home/nosuch" 2>&1)"
contains "quickstart and a folder" "a build begins" "$("$home/libexec/quickstart" --rebuild "$home" 2>&1)"
rm -r "$home/WORKSPACE" "$home/tools"

# Programs that are not there.
rm "$home/lib/alluxio-worker"
contains "a missing program" "alluxio-worker is neither in" "$("$home/bin/alluxio-start.sh" worker NoMount 2>&1)"
contains "an unknown action" "Error: Invalid ACTION: nosuch" "$("$home/bin/alluxio-start.sh" nosuch 2>&1)"

[ "$failures" -eq 0 ] && echo "all passed"
exit "$failures"
