# shellcheck shell=sh
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
    case $nap in 0.01) nap=0.02 ;; 0.02) nap=0.04 ;; 0.04) nap=0.08 ;; *) nap=0.1 ;; esac
  done
}
# At most the limit, in pieces. A piece is copied before it is promised, since the command may truncate its own log.
send_output() {
  log_bytes=0
  # Most commands say nothing: that is seen without a process.
  while [ -s "$command_at/log" ]; do
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
