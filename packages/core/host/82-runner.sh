# shellcheck shell=sh
# What keeps one command: its own process, apart from the session, until the end is recorded.

# Reads a directory, the LC_ALL of the login, lines NAME=value (as printf %b reads it), an empty line and the script; no value is in argv.
launch='
  IFS= read -r directory
  IFS= read -r line
  if [ "$line" = unset ]; then unset LC_ALL; else LC_ALL=$line; export LC_ALL; fi
  while IFS= read -r line && [ -n "$line" ]; do
    case $line in
      *\\*) value=$(printf %b. "${line#*=}") && value=${value%.} ;;
      *) value=${line#*=} ;;
    esac
    export "${line%%=*}=$value"
  done
  script=$(cat; echo .)
  unset line value
  cd -P "$directory" || exit 127
  unset directory
  exec sh -c "${script%.}" sh </dev/null
'

run_command() {
  cd "$command_at" || exit
  started_at "$command_pid" || :
  printf '%s\n' "$command_pid.$boot.$started" >pid.part && mv -f pid.part pid || exit
  clock
  begun=$now
  as_user <input >>log 2>&1 9>&- &
  child=$!
  watch_command >/dev/null 2>&1 &
  watcher=$!
  wait "$child"
  status=$?
  end_watch
  cut_log
  timed_out=false
  if [ -f timed-out ]; then timed_out=true; fi
  clock
  rm -f input
  printf '%s %s %s\n' "$status" "$timed_out" "$((now - begun))" >exit.part && sync_paths exit.part && mv -f exit.part exit
}
# Milliseconds since boot, of a clock that nobody sets; without /proc seconds of the wall clock.
clock() {
  if { read -r now _ </proc/uptime; } 2>/dev/null; then
    now_part=${now#*.}
    now=$((${now%.*} * 1000 + (1$now_part - 100) * 10))
  else
    now=$(($(date +%s) * 1000))
  fi
}
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }
# Short naps and a plain KILL, since a shell may miss a trapped signal that comes just before it waits.
watch_command() {
  clock
  watch_until=$((now + command_limit))
  while [ "$now" -lt "$watch_until" ]; do
    watch_nap=$((watch_until - now)) watch_most=1000
    if cut_log; then watch_most=100; fi
    if [ "$watch_nap" -gt "$watch_most" ]; then watch_nap=$watch_most; fi
    sleep "$(seconds "$watch_nap")" 2>/dev/null || sleep 1
    clock
  done
  : >timed-out
  signal_group TERM
  end_group
}
# What nobody is sent does not stay on the disk either: the log ends one byte behind the limit, which tells that it was cut.
# The command appends, and goes on behind the cut. True when there was something to cut.
cut_log() {
  [ -n "$command_output" ] && [ -f log ] || return 1
  [ "$(($(wc -c <log)))" -gt $((command_output + 1)) ] || return 1
  dd if=/dev/null of=log bs=1 seek=$((command_output + 1)) count=0 2>/dev/null
}
# A watcher that has begun to end the command finishes that first.
end_watch() {
  [ -f timed-out ] || kill -KILL "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null
  [ ! -f timed-out ] || end_group
}
# The group has 10 s from the first signal; a process that ignores it is killed.
end_group() {
  end_tries=0
  while group_lives && [ "$end_tries" -lt 40 ]; do
    end_tries=$((end_tries + 1))
    sleep 0.25 2>/dev/null || sleep 1
  done
  signal_group KILL
}

full_setpriv() { setpriv --reuid "$command_user" --clear-groups true 2>/dev/null; }
can_become() { full_setpriv || has su; }
# Becomes the launcher, as the user that was asked for, in a session of its own.
as_user() {
  if [ -z "$command_user" ] || [ "$command_user" = "$(id -un)" ]; then
    set -- sh -c "$launch"
  elif [ "$(id -u)" != 0 ]; then
    set -- sudo -n -u "$command_user" -- sh -c "$launch"
  elif full_setpriv; then
    set -- setpriv --reuid "$command_user" --regid "$(id -g "$command_user")" --init-groups sh -c "$launch"
  else
    set -- su -s /bin/sh "$command_user" -c "$launch"
  fi
  if has setsid; then exec setsid "$@"; else exec "$@"; fi
}

# Pids of the command's session and group, of their descendants, and of those seen before that still live.
members() {
  [ -d /proc/self ] || {
    echo "$child"
    return
  }
  set +f
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v "child=$child" -v "before=$seen_members" '
    BEGIN { n = split(before, b, " "); for (i = 1; i <= n; i++) member[b[i]] = 1 }
    {
      pid = $1
      sub(/^.*\) /, "")
      if ($1 == "Z" || $1 == "X") next
      parent[pid] = $2
      if ($3 == child || $4 == child || pid == child) member[pid] = 1
    }
    END {
      do {
        more = 0
        for (pid in parent) if (!(pid in member) && (parent[pid] in member)) { member[pid] = 1; more = 1 }
      } while (more)
      for (pid in member) if (pid in parent) print pid
    }'
  set -f
}
signal_group() {
  seen_members=$(members)
  # shellcheck disable=SC2086
  [ -z "$seen_members" ] || kill "-$1" $seen_members 2>/dev/null || deliver_as_user "$1"
}
deliver_as_user() {
  [ -n "$command_user" ] || return 0
  # By a shell too, so that one rule of sudo is enough.
  # shellcheck disable=SC2086
  sudo -n -u "$command_user" -- sh -c 'kill "$@"' sh "-$1" $seen_members 2>/dev/null
}
group_lives() {
  seen_members=$(members)
  [ -n "$seen_members" ]
}
