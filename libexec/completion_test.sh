#!/bin/bash
# Goal: bash completes our words. Method: source the file in a bash, set what bash
# sets when Tab is pressed, look at what the function offers.
set -u
. libexec/alluxio-completion.bash
failures=0

# offers "WORDS BEFORE" "WORD BEGUN" EXPECTED...
offers() {
  local before=$1 begun=$2
  shift 2
  read -ra COMP_WORDS <<<"$before"
  COMP_CWORD=${#COMP_WORDS[@]}
  COMP_WORDS+=("$begun")
  _alluxio
  if [ "${COMPREPLY[*]-}" != "$*" ]; then
    printf 'FAILED: %s %s<Tab>\n  want: %s\n  got:  %s\n' "$before" "$begun" "$*" "${COMPREPLY[*]-}"
    failures=$((failures + 1))
  fi
}

offers alluxio fsa fsadmin
offers alluxio logL logLevel
offers "alluxio fs" chm chmod
offers "alluxio fs" cop copyFromLocal copyToLocal
offers "alluxio -Da=b fs" mkd mkdir
offers "alluxio fs ls" --s --sort
offers "alluxio fs ls" -R -R
offers "alluxio fs ls -R" /
offers "alluxio fs help" getf getfacl
offers "alluxio fsadmin" jou journal
offers "alluxio fsadmin journal" q quorum
offers "alluxio fsadmin journal quorum" "" elect info remove
offers "alluxio fsadmin journal quorum info" --d --domain
offers "alluxio job" ca cancel
offers "alluxio nosuch" ""
offers "alluxio nosuch" fs
offers "alluxio logLevel" --lo --logName

case $(complete -p alluxio) in
  *"-o default -F _alluxio alluxio") ;;
  *)
    echo "FAILED: the completion is not registered"
    failures=$((failures + 1))
    ;;
esac

[ "$failures" -eq 0 ] && echo "all passed"
exit "$failures"
