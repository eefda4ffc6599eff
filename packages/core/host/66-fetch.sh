# shellcheck shell=sh
# Bytes from storage by HTTP. Only curl will do: it reads URL and headers from a pipe, so that nothing secret stands in
# argv or in a file, and it tells a body that was cut from one that ended.
fetch_connect=10 fetch_stall=20 fetch_total=''
# Prints the lines of curl's config. Whatever stands behind a pipe cannot set variables for who called it, so that a caller
# who asks for them sets this to a function of his own.
fetch_asks=cat

# fetch_url <file> <limit>: standard input has lines of curl's config; of these only what names and proves a request is taken.
# True when the answer was a 200 whose whole body, at most <limit> bytes, lies in the file. Else there is no file and
# `fetch_why` says why. `fetch_status` is the status of HTTP, 000 without an answer.
fetch_url() {
  fetch_run "$1" "$2" 200 && return
  rm -f "$1"
  return 1
}

# fetch_rest <file> <limit>: as fetch_url, but what the file holds already is not asked for again, and what has come stays.
fetch_rest() {
  if [ -s "$1" ]; then
    fetch_run "$1" "$2" 206 -C - && return
    # Without ranges, or beyond the end: from the beginning next time.
    case $fetch_status in 2?[0-57-9] | 3?? | 416) rm -f "$1" ;; esac
  else
    fetch_run "$1" "$2" 200 && return
    [ "$fetch_status" = 200 ] || rm -f "$1"
  fi
  [ "$fetch_bytes" -le "$2" ] || rm -f "$1"
  return 1
}

# fetch_run <file> <limit> <status> [<options>]
fetch_run() {
  fetch_status=000 fetch_bytes=0 fetch_why='there is no curl on this instance'
  has curl || return 1
  fetch_file=$1 fetch_most=$2 fetch_wanted=$3
  shift 3
  fetch_said=$($fetch_asks | fetch_lines | fetch_curl "$@" 2>/dev/null) || :
  fetch_exit=${fetch_said#* } fetch_status=${fetch_said%% *}
  case $fetch_status in [1-5][0-9][0-9]) ;; *) fetch_status=000 ;; esac
  fetch_judge
}
# A config could name files to read and to write; a request needs none of that. One line a value, always quoted.
fetch_lines() {
  awk '/^(url|header|user|aws-sigv4|cacert) = "([^"\\]|\\["\\])*"$/'
}
# Before curl 8.4 a body without a length is not held to --max-filesize, so the system holds it. No .curlrc, no redirect.
fetch_curl() {
  # shellcheck disable=SC3045
  ulimit -c 0
  ulimit -f $((fetch_most / 512 + 1))
  curl -q -f -g -sS --proto =http,https --max-redirs 0 --connect-timeout "$fetch_connect" \
    --speed-limit 1024 --speed-time "$fetch_stall" --max-time "${fetch_total:-$((60 + fetch_most / 16384))}" \
    --max-filesize "$fetch_most" "$@" -o "$fetch_file" -w '%{http_code}' -K - 9>&-
  printf ' %s\n' "$?"
}
# In words of our own: what curl says may name the URL.
fetch_judge() {
  [ ! -f "$fetch_file" ] || fetch_bytes=$(($(wc -c <"$fetch_file")))
  case $fetch_exit in
    0) [ "$fetch_status" = "$fetch_wanted" ] && [ "$fetch_bytes" -le "$fetch_most" ] && {
      # An empty body makes no file with some versions.
      [ -f "$fetch_file" ] || : >"$fetch_file"
      return
    } ;;
  esac
  case $fetch_exit in
    3) fetch_why="the URL is not valid" ;;
    5 | 6) fetch_why="the name of storage's host is not known here" ;;
    7) fetch_why="storage cannot be connected to" ;;
    18 | 52 | 55 | 56 | 92) fetch_why="the answer was cut after $fetch_bytes bytes" ;;
    28) fetch_why="storage was silent or too slow: $fetch_bytes bytes came in time" ;;
    35 | 51 | 53 | 54 | 58 | 59 | 60 | 77 | 83 | 90 | 91) fetch_why="the certificate of storage is not accepted here, or TLS failed (curl ended with $fetch_exit)" ;;
    0 | 22) fetch_why="storage answered with status $fetch_status" ;;
    *) fetch_why="curl ended with $fetch_exit" ;;
  esac
  if [ "$fetch_exit" = 63 ] || [ "$fetch_bytes" -gt "$fetch_most" ]; then
    fetch_why="the answer is longer than $fetch_most bytes"
  elif [ "$fetch_exit" = 23 ]; then
    fetch_why="what came could not be written"
  fi
  return 1
}
