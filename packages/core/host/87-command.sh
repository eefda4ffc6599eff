# shellcheck shell=sh
# One command of the application: its own session, no lock, no terminal. It outlives the session that started it: a runner
# waits for it, keeps its time limit and records how it ended by a part file and a rename.

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
  if [ "$(id -u)" = 0 ]; then
    can_become || fail HWS_HOST_TOOL_MISSING "there is neither setpriv nor su on this instance to run a command as $command_user"
    return
  fi
  [ "$command_user" = "$(id -un)" ] || may_become ||
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
  set -- sh -c 'root=$1 digest=$2 keep=once sent= hws_lc=$3 mode=run command_at=$4 command_limit=$5 command_user=$6 command_output=$7 text=$(cat); command_pid=$$; eval "$text"' \
    sh "$root" "$digest" "$hws_lc" "$command_at" "$h_timeout" "$command_user" "$h_limit"
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
