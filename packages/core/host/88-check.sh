# shellcheck shell=sh
# The instance's own look at its health: again and again, until it was good for long enough or the time is over.
verb_check() {
  want_number timeout-ms "$h_timeout"
  want_number stable-ms "$h_stable"
  want_number interval-ms "$h_interval"
  check_layout
  scratch
  check_request
  clock
  check_end=$((now + h_timeout)) check_tries=0 good_since=''
  tick checking
  while :; do
    check_tries=$((check_tries + 1))
    if check_once; then
      clock
      [ -n "$good_since" ] || good_since=$now
      [ $((now - good_since)) -lt "$h_stable" ] || answer_check true
    else
      clock
      good_since=''
    fi
    [ "$now" -lt "$check_end" ] || answer_check false
    sleep "$(seconds "$check_nap")" 2>/dev/null || sleep 1
  done
}
answer_check() {
  check_output=''
  [ "$1" = true ] || check_output=$(check_shown | tr -d '\000')
  answer "{\"ok\":true,\"healthy\":$1,\"attempts\":$check_tries,\"detail\":\"$(json_text "$check_detail")\",\"output\":\"$(json_text "$check_output")\"}"
}
check_request() {
  check_nap=$h_interval
  if [ "$check_nap" -lt 10 ]; then check_nap=10; fi
  if [ "$check_nap" -gt 4000 ]; then check_nap=4000; fi
  check_length=$body_left
  spend "$check_length"
  try "receiving the check" take_file "$check_length" "$work/lines"
  chmod 600 "$work/lines"
  if [ -n "$h_command" ]; then
    command_request_check
  else
    http_request_check
  fi
}
command_request_check() {
  case $h_user in -* | *[!A-Za-z0-9._-]*) fail HWS_HOST_REQUEST "the user is not a name" ;; esac
  check_user
  command_directory
  check_script=$(decoded "$h_command.") || fail HWS_HOST_REQUEST "the command holds a NUL"
  {
    printf '%s\n%s\n' "$command_in" "$hws_lc"
    awk "$octal"'$1 == "env" { $0 = substr($0, 5); i = index($0, "="); if ($0 ~ /^[A-Za-z_][A-Za-z0-9_]*=/ && !/%00/) print substr($0, 1, i) octal(substr($0, i + 1)) }' "$work/lines"
    printf '\n%s' "${check_script%.}"
  } >"$work/input"
  check_once() { check_command_once; }
  check_shown() { tail -c 3000 "$work/said"; }
}
# The time left, so that one hanging attempt cannot outlast the check.
left_seconds() {
  clock
  left=$(((check_end - now + 999) / 1000))
  if [ "$left" -lt 1 ]; then left=1; fi
  if [ "$left" -gt "$1" ]; then left=$1; fi
}
check_command_once() {
  start_attempt
  as_user <input >said 2>&1 9>&- &
  end_attempt 86400 || {
    check_detail="the command did not end in $left s"
    return 1
  }
  check_detail="the command ended with $attempt_status: $(tail -n 1 said)"
  [ "$attempt_status" = 0 ]
}
start_attempt() {
  cd "$work" || fail HWS_HOST_FILE "there is no folder $work"
  rm -f timed-out body
}
# end_attempt <most seconds>: waits for the background process; one that hangs is ended.
end_attempt() {
  child=$! seen_members=''
  left_seconds "$1"
  command_limit=$((left * 1000))
  watch_command >/dev/null 2>&1 &
  watcher=$!
  wait "$child" 2>/dev/null
  attempt_status=$?
  end_watch
  [ ! -f timed-out ]
}

http_request_check() {
  check_url=$(decoded "$h_http") || fail HWS_HOST_REQUEST "the URL holds a NUL"
  case $check_url in
    http://* | https://*) ;;
    *) fail HWS_HOST_REQUEST "the URL is neither http nor https" ;;
  esac
  case $check_url in *[!A-Za-z0-9._~:/?#@\!\$\&\'\(\)*+,\;=%\[\]-]*) fail HWS_HOST_REQUEST "the URL holds what no URL may" ;; esac
  case $h_status in '') ;; [1-5][0-9][0-9]) ;; *) fail HWS_HOST_REQUEST "the status is not a number of HTTP" ;; esac
  awk '$1 == "header" && /%0[0aAdD]/ { bad = 1 } END { exit bad }' "$work/lines" ||
    fail HWS_HOST_REQUEST "a header holds a line break"
  check_text=$(decoded "$h_body") || fail HWS_HOST_REQUEST "the body's text holds a NUL"
  [ -z "$h_release" ] || want_id release "$h_release"
  # How a page begins says more than how it ends.
  check_shown() { [ ! -s "$work/body" ] || head -c 3000 "$work/body"; }
  if has curl; then
    curl_config >"$work/curl"
    check_once() { curl_once && judge; }
  elif has wget; then
    check_once() { wget_once && judge; }
  else
    fail HWS_HOST_TOOL_MISSING "there is neither curl nor wget on this instance"
  fi
}
# Header values may be secret, so they never stand in argv.
curl_config() {
  printf 'url = "%s"\n' "$check_url"
  awk '
    BEGIN { for (i = 32; i < 256; i++) byte[sprintf("%02X", i)] = sprintf("%c", i) }
    $1 == "header" {
      text = substr($0, 8)
      printf "header = \""
      while (text != "") {
        c = substr(text, 1, 1)
        if (c == "%") { c = byte[toupper(substr(text, 2, 2))]; text = substr(text, 4) } else text = substr(text, 2)
        printf "%s", (c == "\"" || c == "\\" ? "\\" c : c)
      }
      print "\""
    }' "$work/lines"
}
curl_once() {
  start_attempt
  curl -g -sS -o body -w '%{http_code}' --max-filesize 1048576 -K curl >code 2>said &
  end_attempt 10 || {
    check_detail="no answer in $left s"
    return 1
  }
  check_code=''
  { IFS= read -r check_code <code; } 2>/dev/null || :
  [ "$attempt_status" = 0 ] && return
  check_detail=$(tail -n 1 said)
  return 1
}
wget_once() {
  start_attempt
  set --
  while read -r wget_what wget_line; do
    [ "$wget_what" = header ] || continue
    set -- "$@" --header "$(decoded "$wget_line")"
  done <lines
  wget -S -O body "$@" -- "$check_url" >said 2>&1 </dev/null &
  end_attempt 10 || {
    check_detail="no answer in $left s"
    return 1
  }
  check_code=$(awk '$1 ~ /^HTTP\// { code = $2 } END { print code }' said)
  [ -n "$check_code" ] && return
  check_detail=$(tail -n 1 said)
  return 1
}
judge() {
  check_detail="HTTP $check_code"
  if [ -n "$h_status" ]; then
    [ "$check_code" = "$h_status" ] || return 1
  else
    case $check_code in 2?? | 3??) ;; *) return 1 ;; esac
  fi
  if [ -n "$check_text" ] && ! grep -q -F -e "$check_text" body 2>/dev/null; then
    check_detail="HTTP $check_code without the expected text"
    return 1
  fi
  # Beside another digit it is another id, or none.
  if [ -n "$h_release" ] && ! grep -q -E "(^|[^0-9])$h_release([^0-9]|\$)" body 2>/dev/null; then
    check_detail="HTTP $check_code of another release than $h_release"
    return 1
  fi
}
