#!/bin/sh
# Runs a command on all hosts of conf/workers.
set -u
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
[ ! -h "$self" ] || self=$(readlink -f "$self") || exit 1
. "${self%/*}/../libexec/alluxio-config.sh"

if [ $# -eq 0 ]; then
  say "Usage: alluxio-workers.sh command..." >&2
  exit 1
fi
run_on_all workers worker "$@"
