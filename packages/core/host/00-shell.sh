# shellcheck shell=sh
# The boot line has set: root digest text sent keep hws_lc. Nothing of a request is ever evaluated.
set -fu
unset CDPATH
IFS=' 	
'
umask 022
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
hw=$root/.hawser
tab='	'
# Swapped with newline wherever names must stay one a line.
soh=$(printf '\001')

has() { command -v "$1" >/dev/null 2>&1; }

# The pid, boot id and start time of this session: a pid alone may be another process after a while.
started_at() {
  started=0
  [ -r "/proc/$1/stat" ] || return 1
  { read -r started <"/proc/$1/stat"; } 2>/dev/null || return 1
  started=${started##*) }
  # shellcheck disable=SC2086
  set -- $started
  started=${20:-0}
}
boot=none
{ read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || boot=none
started_at $$ || :
self="$$.$boot.$started"

# alive <pid>.<boot>.<start>
alive() {
  alive_pid=${1%%.*} alive_rest=${1#*.}
  case $alive_pid in '' | *[!0-9]*) return 1 ;; esac
  [ "${alive_rest%%.*}" = "$boot" ] || return 1
  if [ -d /proc/self ]; then
    started_at "$alive_pid" && [ "$started" = "${alive_rest#*.}" ]
  else
    kill -0 "$alive_pid" 2>/dev/null
  fi
}
