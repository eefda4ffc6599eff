# shellcheck shell=sh
# Programs for awk and for other shells stand in single quotes on purpose, and `a && b || c` is meant as it reads.
# shellcheck disable=SC2016,SC2015,SC2209
# What the boot line has set, and for the runner of a command what its starter has. Nothing of a request is evaluated.
root=${root-} digest=${digest-} text=${text-} sent=${sent-} keep=${keep-once} hws_lc=${hws_lc-unset}
command_at=${command_at-} command_pid=${command_pid-} command_limit=${command_limit-} command_user=${command_user-} command_output=${command_output-}
set -fu
unset CDPATH
IFS=' 	
'
umask 022
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
hw=$root/.hawser
# Swapped with newline wherever names must stay one a line.
soh=$(printf '\001')

has() { command -v "$1" >/dev/null 2>&1; }

# A process is known by pid, boot id and start time: a pid alone may be another process after a while.
started_at() {
  started=0
  [ -r "/proc/$1/stat" ] || return 1
  { read -r started <"/proc/$1/stat"; } 2>/dev/null || return 1
  started=${started##*) }
  # shellcheck disable=SC2086
  set -- $started
  # One that has ended and that nobody has waited for does not count.
  case ${1-} in Z | X) return 1 ;; esac
  started=${20:-0}
}
boot=none
{ read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || boot=none
# Of the process that calls it: `$$` in a subshell is still its parent's.
know_self() {
  self_pid=$$
  { read -r self_pid _ </proc/self/stat; } 2>/dev/null || self_pid=$(exec sh -c 'echo $PPID')
  started_at "$self_pid" || :
  self="$self_pid.$boot.$started"
}

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
