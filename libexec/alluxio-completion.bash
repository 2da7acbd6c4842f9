# Completes the words of alluxio in bash 4 and later. Made by `alluxio completion`;
# to use it: . libexec/alluxio-completion.bash

declare -A _alluxio_words=(
  ["alluxio"]="quickstart format formatJournal formatMasters formatWorker formatWorkers bootstrapConf fs fsadmin getConf job logLevel runClass runTest runTests runUfsTests runUfsIOTest runHdfsMountTests runHmsTests runJournalCrashTest readJournal upgradeJournal killAll copyDir clearCache docGen table version validateConf validateEnv collectInfo"
  ["alluxio collectInfo"]="all collectAlluxioInfo collectConfig collectEnv collectJvmInfo collectLog collectMetrics"
  ["alluxio fs"]="cat checkConsistency checksum chgrp chmod chown copyFromLocal copyToLocal count cp distributedCp du free freeWorker getCapacityBytes getSyncPathList getUsedBytes getfacl head help leader load loadMetadata location ls masterInfo mkdir mount mv needsSync persist pin rm setReplication setTtl setfacl startSync stat stopSync syncDirNextTime tail test touch unmount unpin unsetTtl updateMount"
  ["alluxio fs help"]="cat checkConsistency checksum chgrp chmod chown copyFromLocal copyToLocal count cp distributedCp du free freeWorker getCapacityBytes getSyncPathList getUsedBytes getfacl head help leader load loadMetadata location ls masterInfo mkdir mount mv needsSync persist pin rm setReplication setTtl setfacl startSync stat stopSync syncDirNextTime tail test touch unmount unpin unsetTtl updateMount"
  ["alluxio fsadmin"]="backup decommissionWorker doctor enableWorker getBlockInfo journal metrics pathConf report statelock ufs updateConf"
  ["alluxio fsadmin journal"]="checkpoint quorum"
  ["alluxio fsadmin journal quorum"]="elect info remove"
  ["alluxio fsadmin metrics"]="clear"
  ["alluxio fsadmin pathConf"]="add list remove show"
  ["alluxio job"]="cancel getCmdStatus leader ls stat"
  ["alluxio validateEnv"]="all cluster list local master masters worker workers"
)
declare -A _alluxio_options=(
  ["alluxio collectInfo"]="--additional-logs --end-time --exclude-logs --exclude-worker-metrics --help --include-logs --local --max-threads --start-time"
  ["alluxio docGen"]="--conf --metric"
  ["alluxio format"]="-s"
  ["alluxio fs checkConsistency"]="-r -t --threads"
  ["alluxio fs chgrp"]="-R --recursive"
  ["alluxio fs chmod"]="-R --recursive"
  ["alluxio fs chown"]="-R --recursive"
  ["alluxio fs copyFromLocal"]="--buffersize --thread"
  ["alluxio fs copyToLocal"]="--buffersize"
  ["alluxio fs count"]="-h"
  ["alluxio fs cp"]="-p --preserve -R --recursive -r --thread"
  ["alluxio fs distributedCp"]="--active-jobs --async --batch-size --overwrite"
  ["alluxio fs du"]="-g -h -m --memory -s"
  ["alluxio fs free"]="-f"
  ["alluxio fs head"]="-c"
  ["alluxio fs load"]="--bandwidth --format --local --partial-listing --progress --stop --submit --verbose --verify"
  ["alluxio fs loadMetadata"]="-a --async -d -F -id -o --option -p --polling -R -v2"
  ["alluxio fs ls"]="-d -f -h -m --omit-mount-info -p -R --recursive -r --sort --timestamp"
  ["alluxio fs mount"]="--option --readonly --remount --shared"
  ["alluxio fs persist"]="-p --parallelism -t --timeout -w --wait"
  ["alluxio fs rm"]="--alluxioOnly -m --deleteMountPoint -R --recursive -r -s --syncParentNextTime -U"
  ["alluxio fs setReplication"]="--max --min -R"
  ["alluxio fs setTtl"]="--action"
  ["alluxio fs setfacl"]="-b -d -k -m -R --set -x"
  ["alluxio fs stat"]="-f --file-id"
  ["alluxio fs tail"]="-c"
  ["alluxio fs test"]="-d -e -f -s -z"
  ["alluxio fs updateMount"]="--option --readonly --shared"
  ["alluxio fsadmin backup"]="--allow-leader --bypass-delegation --local"
  ["alluxio fsadmin decommissionWorker"]="-a --addresses -d --disable -w --wait"
  ["alluxio fsadmin enableWorker"]="-a --addresses"
  ["alluxio fsadmin journal quorum elect"]="--address"
  ["alluxio fsadmin journal quorum info"]="--domain"
  ["alluxio fsadmin journal quorum remove"]="--address --domain"
  ["alluxio fsadmin metrics clear"]="--master --parallelism --workers"
  ["alluxio fsadmin pathConf add"]="--property"
  ["alluxio fsadmin pathConf remove"]="-k --keys"
  ["alluxio fsadmin pathConf show"]="-a --all"
  ["alluxio fsadmin report"]="-h --help -live -lost -workers"
  ["alluxio fsadmin ufs"]="--mode"
  ["alluxio getConf"]="--master --source --unit"
  ["alluxio job stat"]="-v"
  ["alluxio logLevel"]="--level --logName --target"
  ["alluxio readJournal"]="-end -help -inputDir -master -outputDir -start"
  ["alluxio runTest"]="--directory --operation --readType --writeType"
  ["alluxio runUfsIOTest"]="--cluster --cluster-limit --help --io-size --java-opt --path --threads"
  ["alluxio runUfsTests"]="--help --path"
  ["alluxio version"]="-r --revision"
)

_alluxio() {
  local current=${COMP_WORDS[COMP_CWORD]} path=alluxio word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $word == -* ]] && continue
    [[ " ${_alluxio_words[$path]-} " == *" $word "* ]] || break
    path="$path $word"
  done
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "${_alluxio_options[$path]-}" -- "$current"))
  elif [[ $path == "alluxio getConf" ]]; then
    COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" getConf 2>/dev/null | sed 's/=.*//')" -- "$current"))
  elif ((i == COMP_CWORD)); then
    COMPREPLY=($(compgen -W "${_alluxio_words[$path]-}" -- "$current"))
  fi
}
# Where there is nothing of ours to say, names of local files.
complete -o default -F _alluxio alluxio
