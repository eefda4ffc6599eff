# shellcheck shell=sh
# One command of the application: its own session, no lock, no terminal. It outlives the session that started it: a runner
# waits for it, keeps its time limit and records how it ended by a part file and a rename.

# Reads a directory, lines NAME=value (as printf %b reads it), an empty line and the script; nothing is in argv.
launch='
  IFS= read -r directory
  if [ "$1" = unset ]; then unset LC_ALL; else LC_ALL=$1; export LC_ALL; fi
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
  watch_command &
  watcher=$!
  wait "$child"
  status=$?
  kill -TERM "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null
  timed_out=false
  if [ -f timed-out ]; then
    timed_out=true
    end_group
  fi
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
watch_command() {
  sleep "$(seconds "$command_limit")" &
  nap=$!
  trap 'kill "$nap" 2>/dev/null; exit' TERM
  wait "$nap"
  : >timed-out
  signal_group TERM
}
# The group has 10 s from the first signal; a process that ignores it is killed.
end_group() {
  end_tries=0
  while group_lives && [ "$end_tries" -lt 100 ]; do
    end_tries=$((end_tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
  signal_group KILL
}

# Becomes the launcher, as the user that was asked for, in a session of its own.
as_user() {
  if [ -z "$command_user" ] || [ "$command_user" = "$(id -un)" ]; then
    set -- sh -c "$launch"
  elif [ "$(id -u)" != 0 ]; then
    set -- sudo -n -u "$command_user" -- sh -c "$launch"
  elif setpriv --reuid "$command_user" --clear-groups true 2>/dev/null; then
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
  # shellcheck disable=SC2086
  sudo -n -u "$command_user" kill "-$1" $seen_members 2>/dev/null
}
group_lives() {
  seen_members=$(members)
  [ -n "$seen_members" ]
}

verb_command() {
  command_request
  command_directory
  make_layout
  work=$hw/staging/command.$self
  try "making $work" mkdir "$work"
  take_command
  enter
  command_at=$hw/commands/$h_key attached=true
  if [ -d "$command_at" ] && ! first_line "$command_at/pid"; then rm -rf "$command_at"; fi
  if [ ! -d "$command_at" ]; then
    [ "$h_attach" != only ] || fail HWS_HOST_COMMAND_LOST "the command $h_name has no record on this instance"
    attached=false
    try "storing the command" move "$work" "$command_at"
    work=''
    start_command
  fi
  first_line "$command_at/pid"
  command_owner=$first
  unlock
  follow_command
  answer_command
}
command_request() {
  want_number epoch "$h_epoch"
  want_number timeout-ms "$h_timeout"
  h_limit=${h_limit:-1048576}
  want_number output-limit "$h_limit"
  want_number env "$h_env"
  want_number script "$h_script"
  case $h_key in '' | . | .. | *[!A-Za-z0-9._-]*) fail HWS_HOST_REQUEST "the key is not a name" ;; esac
  [ "${#h_key}" -le 180 ] || fail HWS_HOST_REQUEST "the key is longer than 180"
  [ "$h_script" -le 100000 ] || fail HWS_HOST_REQUEST "the script is longer than 100000 bytes"
  case $h_user in -* | *[!A-Za-z0-9._-]*) fail HWS_HOST_REQUEST "the user is not a name" ;; esac
  check_user
}
check_user() {
  command_user=$h_user
  [ -n "$command_user" ] || return 0
  id -u "$command_user" >/dev/null 2>&1 || fail HWS_HOST_REQUEST "there is no user $command_user on this instance"
  [ "$(id -u)" = 0 ] || [ "$command_user" = "$(id -un)" ] || sudo -n -u "$command_user" true 2>/dev/null ||
    fail HWS_HOST_PERMISSION "$(id -un) may not run commands as $command_user"
}
# Into command_in: the directory, resolved once, so that a later activation does not move the command.
command_directory() {
  case $h_directory in
    release:*)
      command_in=${h_directory#release:}
      command_sub=${command_in#"${command_in%%/*}"} command_in=${command_in%%/*}
      want_id directory "$command_in"
      command_in=$root/releases/$command_in
      ;;
    current | current/*)
      command_sub=${h_directory#current}
      command_in=$(cd -P "$root/current" 2>/dev/null && pwd -P) || fail HWS_HOST_STATE "$root/current leads nowhere"
      ;;
    *) fail HWS_HOST_REQUEST "the directory is neither of a release nor of current" ;;
  esac
  if [ -n "$command_sub" ]; then
    plain_name "${command_sub#/}" || fail HWS_HOST_REQUEST "the directory leaves the release"
    command_in=$command_in/$plain_name
  fi
  case $command_in in *"
"*) fail HWS_HOST_REQUEST "the directory's name holds a newline" ;; esac
  [ -d "$command_in" ] || fail HWS_HOST_STATE "there is no directory $command_in on this instance"
}
take_command() {
  (umask 077 && : >"$work/input")
  chmod 700 "$work"
  spend "$h_env"
  try "receiving the environment" take_env
  spend "$h_script"
  try "receiving the script" take_script
}
take_env() {
  printf '%s\n%s\n' "$command_in" "$hws_lc" >>"$work/input"
  take "$h_env" 2>/dev/null | awk "$octal"'
    $0 !~ /^[A-Za-z_][A-Za-z0-9_]*=/ || /%00/ { exit 3 }
    { i = index($0, "="); print substr($0, 1, i) octal(substr($0, i + 1)) }
    END { print "" }' >>"$work/input" || {
    echo "a line is not NAME=value"
    return 1
  }
}
take_script() { take "$h_script" >>"$work/input"; }

start_command() {
  : >"$command_at/log"
  set -- sh -c 'root=$1 digest=$2 keep=once sent= hws_lc=$3 mode=run command_at=$4 command_limit=$5 command_user=$6 text=$(cat); command_pid=$$; eval "$text"' \
    sh "$root" "$digest" "$hws_lc" "$command_at" "$h_timeout" "$command_user"
  if has setsid; then set -- setsid "$@"; fi
  "$@" >/dev/null 2>&1 9>&- <<EOF &
$text
EOF
  start_tries=0
  until [ -f "$command_at/pid" ]; do
    start_tries=$((start_tries + 1))
    [ "$start_tries" -lt 500 ] || fail HWS_HOST_STATE "the command $h_name could not be started"
    nap_briefly 0.01
  done
}
nap_briefly() { sleep "$1" 2>/dev/null || sleep 1; }

# Output as it comes, until the end is recorded. What was recorded before the log was read cannot be missed.
follow_command() {
  sent_bytes=0 nap=0.01 follow_ended=false
  clock
  said=$now
  while :; do
    if [ -f "$command_at/exit" ]; then
      follow_ended=true
    elif ! alive "$command_owner" && [ ! -f "$command_at/exit" ]; then
      send_output
      fail HWS_HOST_COMMAND_LOST "the command $h_name was started and its end was not recorded"
    fi
    send_output
    [ "$follow_ended" = false ] || return 0
    clock
    if [ $((now - said)) -ge 4000 ]; then
      echo "note running"
      said=$now
    fi
    nap_briefly "$nap"
    case $nap in 0.01) nap=0.02 ;; 0.02) nap=0.04 ;; 0.04) nap=0.08 ;; 0.08) nap=0.15 ;; *) nap=0.25 ;; esac
  done
}
# At most the limit, in pieces. A piece is copied before it is promised, since the command may truncate its own log.
send_output() {
  while :; do
    log_bytes=$(($(wc -c <"$command_at/log")))
    piece=$((log_bytes - sent_bytes))
    [ $((sent_bytes + piece)) -le "$h_limit" ] || piece=$((h_limit - sent_bytes))
    [ "$piece" -le 262144 ] || piece=262144
    [ "$piece" -gt 0 ] || return 0
    tail -c "+$((sent_bytes + 1))" "$command_at/log" | head -c "$piece" >"$command_at/piece.$$"
    piece=$(($(wc -c <"$command_at/piece.$$")))
    [ "$piece" -gt 0 ] || return 0
    printf 'out %s\n' "$piece"
    cat "$command_at/piece.$$"
    rm -f "$command_at/piece.$$"
    sent_bytes=$((sent_bytes + piece)) nap=0.01
    clock
    said=$now
  done
}
answer_command() {
  first_line "$command_at/exit"
  # shellcheck disable=SC2086
  set -- $first
  is_number "${1-}" && is_number "${3-}" || fail HWS_HOST_STATE "the record of the command $h_name is damaged"
  command_cut=false
  [ "$log_bytes" -le "$h_limit" ] || command_cut=true
  answer "{\"ok\":true,\"exit\":$1,\"timedOut\":$2,\"attached\":$attached,\"ms\":$3,\"truncated\":$command_cut}"
}

verb_forget() {
  case $h_prefix in '' | .*) fail HWS_HOST_REQUEST "the prefix is not one of a key" ;; *[!A-Za-z0-9._-]*) fail HWS_HOST_REQUEST "the prefix is not one of a key" ;; esac
  enter
  forgotten=0
  set +f
  for forget_at in "$hw/commands/$h_prefix"*; do
    [ -d "$forget_at" ] || continue
    if [ ! -f "$forget_at/exit" ] && first_line "$forget_at/pid" && alive "$first"; then continue; fi
    rm -rf "$forget_at"
    forgotten=$((forgotten + 1))
  done
  set -f
  answer "{\"ok\":true,\"removed\":$forgotten}"
}
