# shellcheck shell=sh
# Requests in, replies out. A verb runs in a subshell: `answer` and `fail` end it, after the rest of the body was read.
read_request() {
  verb='' body_left=0 bad=''
  h_epoch='' h_application='' h_environment='' h_release='' h_method='' h_base='' h_lender='' h_record=0 h_manifest=0
  h_archive=0 h_supplement=0 h_manifest_form='' h_archive_form='' h_key='' h_name='' h_timeout='' h_directory=''
  h_user='' h_limit='' h_env=0 h_script=0 h_prefix='' h_target='' h_stable='' h_interval='' h_http='' h_status=''
  h_body='' h_command='' h_against=install h_attach='' h_install=follows h_signers=0 h_revoked=0 h_principal='' h_drop=''
  h_fetch=0 h_fetch_limit=0 h_digest=''
  while IFS= read -r line; do
    case $line in
      '') return 0 ;;
      body:\ *) body_left=${line#*: } ;;
      verb:\ *) verb=${line#*: } ;;
      epoch:\ *) h_epoch=${line#*: } ;;
      application:\ *) h_application=${line#*: } ;;
      environment:\ *) h_environment=${line#*: } ;;
      release:\ *) h_release=${line#*: } ;;
      method:\ *) h_method=${line#*: } ;;
      base:\ *) h_base=${line#*: } ;;
      lender:\ *) h_lender=${line#*: } ;;
      record:\ *) h_record=${line#*: } ;;
      manifest:\ *) h_manifest=${line#*: } ;;
      archive:\ *) h_archive=${line#*: } ;;
      supplement:\ *) h_supplement=${line#*: } ;;
      manifest-form:\ *) h_manifest_form=${line#*: } ;;
      archive-form:\ *) h_archive_form=${line#*: } ;;
      archive-digest:\ *) h_digest=${line#*: } ;;
      fetch:\ *) h_fetch=${line#*: } ;;
      fetch-ms:\ *) h_fetch_limit=${line#*: } ;;
      key:\ *) h_key=${line#*: } ;;
      name:\ *) h_name=${line#*: } ;;
      timeout-ms:\ *) h_timeout=${line#*: } ;;
      directory:\ *) h_directory=${line#*: } ;;
      user:\ *) h_user=${line#*: } ;;
      output-limit:\ *) h_limit=${line#*: } ;;
      env:\ *) h_env=${line#*: } ;;
      script:\ *) h_script=${line#*: } ;;
      prefix:\ *) h_prefix=${line#*: } ;;
      target:\ *) h_target=${line#*: } ;;
      stable-ms:\ *) h_stable=${line#*: } ;;
      interval-ms:\ *) h_interval=${line#*: } ;;
      http:\ *) h_http=${line#*: } ;;
      status:\ *) h_status=${line#*: } ;;
      body-text:\ *) h_body=${line#*: } ;;
      command:\ *) h_command=${line#*: } ;;
      against:\ *) h_against=${line#*: } ;;
      attach:\ *) h_attach=${line#*: } ;;
      install:\ *) h_install=${line#*: } ;;
      signers:\ *) h_signers=${line#*: } ;;
      revoked:\ *) h_revoked=${line#*: } ;;
      principal:\ *) h_principal=${line#*: } ;;
      drop:\ *) h_drop=${line#*: } ;;
      *) bad=$line ;;
    esac
  done
  return 1
}

# A number of at most 18 digits, which every shell can compare.
is_number() {
  case $1 in '' | *[!0-9]* | ???????????????????*) return 1 ;; esac
}
is_id() {
  case $1 in *[!0-9]*) return 1 ;; ?????? | ??????? | ???????? | ????????? | ?????????? | ??????????? | ????????????) ;; *) return 1 ;; esac
}
want_number() { is_number "$2" || fail HWS_HOST_REQUEST "the request's $1 is not a number: $2"; }
want_id() { is_id "$2" || fail HWS_HOST_REQUEST "the request's $1 is not a release id: $2"; }

# take <n>: exactly n bytes of the body. The caller has counted them with `spend`.
take() {
  take_rest=$(($1 % 65536))
  if [ "$1" -ge 65536 ]; then take_blocks 65536 $(($1 / 65536)) || return 1; fi
  if [ "$take_rest" -gt 0 ]; then take_blocks "$take_rest" 1; fi
}
# Without `fullblock` a short read of a pipe would lose bytes, so a lesser dd reads them one by one.
dd_whole=''
take_blocks() {
  if [ "$dd_whole" = yes ]; then dd bs="$1" count="$2" iflag=fullblock; else dd bs=1 count=$(($1 * $2)); fi
}
spend() {
  [ "$1" -le "$body_left" ] || fail HWS_HOST_REQUEST "the body is shorter than its parts"
  body_left=$((body_left - $1))
  learn_dd
}
learn_dd() {
  [ -z "$dd_whole" ] || return 0
  dd_whole=no
  if dd bs=1 count=0 iflag=fullblock </dev/null >/dev/null 2>&1; then dd_whole=yes; fi
}
drain() {
  [ "$body_left" -eq 0 ] || learn_dd
  if [ "$body_left" -gt 0 ]; then take "$body_left" >/dev/null 2>&1; fi
  body_left=0
}

# Holds no pipe of the session, so that one left behind keeps nothing open.
silent_nap() { sleep 1 >/dev/null; }
ticker=''
# A sign of life while a long piece of work writes nothing else.
tick() {
  [ -z "$ticker" ] || return 0
  (
    trap - EXIT HUP INT TERM PIPE
    while silent_nap && silent_nap && silent_nap && silent_nap; do
      echo "note $1" || exit
    done
  ) </dev/null 2>/dev/null 9>&- &
  ticker=$!
}
untick() {
  [ -n "$ticker" ] || return 0
  kill -KILL "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  ticker=''
}

# The end of a verb. `tidy` runs before the reply, so that who has read it sees nothing half-made.
work=''
tidy() {
  untick
  if [ -n "$work" ]; then
    rm -rf "$work"
    work=''
  fi
  unlock
}
answer() {
  drain
  tidy
  trap - EXIT
  printf '%s\n' "$1"
  exit 0
}
# A verb that outlived the program says nothing: what it was sent was cut, and that is no fault of what was sent.
fail() {
  drain
  tidy
  trap - EXIT
  kill -0 $$ 2>/dev/null || exit 3
  printf '{"ok":false,"code":"%s","message":"%s"}\n' "$1" "$(json_text "$2")"
  exit 1
}
# send_data <file>: the payload of the reply.
send_data() {
  untick
  if [ -s "$1" ]; then
    printf 'data %s\n' "$(($(wc -c <"$1")))"
    cat "$1"
  fi
}

# try <what> <command…>: a failure ends the verb, classified by what the system said.
try() {
  try_what=$1
  shift
  try_said=$("$@" 2>&1) || broken "$try_what" "$try_said"
}
# broken <what> <said> [<code otherwise>]
broken() {
  broken_line=$(printf '%s\n' "$2" | awk '!/records (in|out)$|copied,/ { line = $0 } /No space left|Read-only|quota exceeded|denied/ { found = $0; exit } END { print found == "" ? line : found }')
  case $2 in
    *'No space left'* | *'quota exceeded'*) fail HWS_HOST_NO_SPACE "$1: no space left on the file system of $root" ;;
    *'Read-only file system'*) fail HWS_HOST_READ_ONLY "$1: the file system of $root is read-only" ;;
    *'Permission denied'* | *'not permitted'*) fail HWS_HOST_PERMISSION "$1: $broken_line" ;;
    *'not found'*) fail HWS_HOST_TOOL_MISSING "$1: $broken_line" ;;
  esac
  free_space
  # Shells say no more than `I/O error` when a write of their own fails.
  if [ "$free_bytes" -ge 0 ] && [ "$free_bytes" -lt 65536 ] || [ "$free_inodes" = 0 ]; then
    fail HWS_HOST_NO_SPACE "$1: no space left on the file system of $root"
  fi
  fail "${3:-HWS_HOST_FILE}" "$1: ${broken_line:-no reason was given}"
}
