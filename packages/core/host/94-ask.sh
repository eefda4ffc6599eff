# shellcheck shell=sh
# An instance that provisions itself is a client of this same program: it asks for the verbs that a deployer asks for, in
# the same frames, so that there is one way in which a release comes to be.

# What it says goes to descriptor 5: the log of the unit.
tell() {
  case $1 in
    *[!\ -~]*) printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" | tr -d '\000-\011\013-\037\177' >&5 ;;
    *) printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >&5 ;;
  esac
}
# leave <status> <why>: the end of provisioning. What this machine has stays as it is.
leave() {
  look_current
  case $current_kind in
    release) leave_has="; it keeps release $current_at" ;;
    foreign) leave_has="; it keeps what current names" ;;
    *) leave_has='; it holds no release' ;;
  esac
  tell "not ready: $2$leave_has"
  exit "$1"
}

# ask <verb> <lines of headers> [<length of the body> <its files>]: true when the verb was done. Else reply_code and reply_message say why.
ask() {
  ask_verb=$1 ask_lines=$2 ask_length=${3-0}
  shift "$(($# < 3 ? $# : 3))"
  {
    printf 'verb: %s\n' "$ask_verb"
    [ -z "$ask_lines" ] || printf '%s\n' "$ask_lines"
    printf 'body: %s\n\n' "$ask_length"
    # Without a file this would read what is not its own.
    [ "$#" -eq 0 ] || cat -- "$@"
  } | (exec 5>&- && serve) | hear
  take_reply
}
# within <function>: as a verb, but of a function of this program, which answers or fails.
within() {
  (as_verb "$@") | hear
  take_reply
}
as_verb() {
  exec 5>&- </dev/null
  know_self
  trap tidy EXIT
  trap 'exit 3' HUP INT TERM PIPE
  "$@"
}

hear() {
  : >"$p_work/reply"
  while IFS= read -r hear_line; do
    case $hear_line in
      out\ *) take "${hear_line#out }" 2>/dev/null >&5 ;;
      data\ *) take "${hear_line#data }" 2>/dev/null >"$p_work/data" ;;
      note\ *) ;;
      '{'*) printf '%s\n' "$hear_line" >"$p_work/reply" ;;
    esac
  done
}
take_reply() {
  reply='' reply_code=HWS_HOST_BROKEN reply_message='this program stopped in the middle of its work'
  first_line "$p_work/reply" || return 1
  reply=$first
  case $reply in '{"ok":true'*) return 0 ;; esac
  reply_code=${reply#*\"code\":\"} reply_message=${reply#*\"message\":\"}
  reply_code=${reply_code%%\"*} reply_message=${reply_message%\"\}}
  return 1
}
# reply_word <name>: a number, true, false or plain text of the reply, into `word`.
reply_word() {
  word=${reply#*\""$1"\":}
  word=${word#\"}
  word=${word%%[,\}\"]*}
}

# refused: leaves with the status that fits the code of the last reply.
refused() {
  case $reply_code in
    HWS_HOST_SIGNATURE | HWS_HOST_TRUST | HWS_HOST_DIGEST | HWS_HOST_SEALED | HWS_HOST_DESIRED) leave 65 "$1: $reply_message ($reply_code)" ;;
    HWS_HOST_ROLLED_BACK | HWS_HOST_EQUIVOCATION | HWS_HOST_LEAP) leave 65 "$1: $reply_message ($reply_code)" ;;
    HWS_HOST_FENCED) leave 76 "$1: $reply_message ($reply_code)" ;;
    HWS_HOST_BUSY) leave 75 "$1: $reply_message ($reply_code)" ;;
    HWS_HOST_COMMAND_LOST) leave 1 "$1: $reply_message ($reply_code)" ;;
    *) leave 2 "$1: $reply_message ($reply_code)" ;;
  esac
}
