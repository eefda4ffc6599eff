# shellcheck shell=sh
# Keeps a program that was sent, and the newest three of them.
keep_program() {
  [ "$keep" = keep ] && [ -n "$sent" ] && valid_root && ! linked_part || return 0
  mkdir -p "$hw/host" 2>/dev/null || return 0
  printf %s "$text" >"$hw/host/part.$$" 2>/dev/null &&
    [ "$(digest_of "$hw/host/part.$$")" = "$digest" ] && mv -f "$hw/host/part.$$" "$hw/host/$digest" ||
    rm -f "$hw/host/part.$$"
  # shellcheck disable=SC2012
  (cd "$hw/host" && ls -t | awk 'NR > 3 && /^[0-9a-f]+$/' | xargs rm -f) 2>/dev/null
}

serve_one() {
  know_self
  trap tidy EXIT
  trap 'exit 3' HUP INT TERM PIPE
  is_number "$body_left" || {
    body_left=0
    fail HWS_HOST_REQUEST "the length of the body is not a number"
  }
  [ -z "$bad" ] || fail HWS_HOST_REQUEST "this program does not know the line: $bad"
  has awk || fail HWS_HOST_TOOL_MISSING "there is no awk on this instance"
  case $verb in
    survey | verify | trust | stage | link | command | forget | seal | activate | check | desired | prune) "verb_$verb" ;;
    *) fail HWS_HOST_REQUEST "this program does not know the verb: $verb" ;;
  esac
}

serve() {
  while read_request; do
    (serve_one)
    served=$?
    # Beyond 1 the verb did not answer, and nobody knows how much of the body was read.
    if [ "$served" -gt 1 ]; then
      printf '{"ok":false,"code":"HWS_HOST_BROKEN","message":"the host program stopped in %s (%s)"}\n' "${verb%%[!a-z]*}" "$served"
      exit 1
    fi
  done
}

case ${mode-} in
  run)
    seen_members=''
    run_command
    ;;
  provision) provision ;;
  *)
    keep_program
    serve
    ;;
esac
