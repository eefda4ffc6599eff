# shellcheck shell=sh
# The archive of a stage: the next part of the body, or what storage gives under the URL that stands in the body instead.
pull_request() {
  [ "$h_fetch" -gt 0 ] || return 0
  want_number fetch-ms "$h_fetch_limit"
  [ "$h_fetch" -le 262144 ] || fail HWS_HOST_REQUEST "what is to be fetched is told in more than 262144 bytes"
  case $h_digest in *[!0-9a-f]* | '') pull_digits=0 ;; *) pull_digits=${#h_digest} ;; esac
  [ "$pull_digits" = 64 ] || fail HWS_HOST_REQUEST "the archive's digest is not one of sha256"
}

# Sets `archive` to what `unpack` reads: so many bytes of the body, or a file whose length and digest were checked.
laid_archive=''
receive_archive() {
  archive=$h_archive
  # A machine that provisions itself has read and proved it before it asked.
  [ -z "$laid_archive" ] || {
    archive=$laid_archive
    return
  }
  if [ "$h_fetch" -eq 0 ]; then
    spend "$h_archive"
  else
    pull_archive
  fi
}
pull_archive() {
  # The URL opens the archive to whoever has it: it stays in this variable.
  spend "$h_fetch"
  pull_asked=$(take "$h_fetch" 2>/dev/null)
  archive=$work/archive fetch_asks=pull_config fetch_connect=5
  pull_authority
  clock
  pull_end=$((now + h_fetch_limit)) pull_tries=0
  until pull_once; do
    pull_tries=$((pull_tries + 1))
    clock
    [ "$pull_tries" -lt "$pull_most" ] && [ "$now" -lt "$pull_end" ] ||
      fail HWS_HOST_FETCH "the archive of release $h_release could not be fetched: $fetch_why"
    sleep "$pull_tries"
  done
  pull_asked=''
}
pull_config() {
  printf '%s\n' "$pull_asked"
  [ ! -s "$work/authority" ] || printf 'cacert = "%s"\n' "$work/authority"
}
# Certificates of the authority that storage is served under, where it is not one that everybody knows.
pull_authority() {
  printf '%s\n' "$pull_asked" | awk '/^-----BEGIN CERTIFICATE-----$/ { on = 1 } on { print } /^-----END CERTIFICATE-----$/ { on = 0 }' >"$work/authority"
}

# True when the archive is here, whole. What passes is tried five times, no way to storage twice, all else once: there is
# another way for the bytes to come, and somebody waits.
pull_once() {
  fetch_total=$(((pull_end - now) / 1000 + 1)) pull_most=5
  if fetch_rest "$archive" "$h_archive"; then
    [ "$fetch_bytes" -eq "$h_archive" ] && [ "$(digest_of "$archive" "$fetch_bytes")" = "$h_digest" ] && return
    rm -f "$archive"
    fetch_why="what came is not what was stored" pull_most=2
    return 1
  fi
  case $fetch_status in
    000) pull_most=2 ;;
    200 | 206 | 408 | 416 | 429 | 500 | 502 | 503 | 504) ;;
    *) pull_most=1 ;;
  esac
  return 1
}
