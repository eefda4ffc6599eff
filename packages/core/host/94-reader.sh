# shellcheck shell=sh
# How this machine reads storage, with nothing else up: files below a mounted directory, or HTTP with what the boot script
# holds. A configuration of curl is made for each object, since what a script reads (the role of the machine) runs out.

# read_object <key> <limit> <file>: true when the whole object, of at most <limit> bytes, lies in the file. Else read_why
# says why, and read_absent whether storage answered that there is none (`yes`), or may have (`hidden`).
read_object() {
  read_absent='' read_why=''
  case $p_reader in
    file) read_mounted "$@" ;;
    *) read_http "$@" ;;
  esac
}
read_mounted() {
  read_at=$p_reader_at/$1
  if [ ! -d "$p_reader_at" ]; then
    read_why="$p_reader_at is not there"
  elif [ ! -f "$read_at" ] || [ -L "$read_at" ]; then
    read_absent=yes read_why="there is no file $read_at"
  elif ! head -c "$(($2 + 1))" <"$read_at" >"$3"; then
    read_why="$read_at cannot be read"
  elif read_bytes=$(($(wc -c <"$3"))) && [ "$read_bytes" -gt "$2" ]; then
    read_why="$read_at is longer than $2 bytes"
  else
    return 0
  fi
  rm -f "$3"
  return 1
}
read_http() {
  read_config=$(reader_config "$1" 2>/dev/null) || {
    read_why="this machine cannot tell how to read storage now"
    return 1
  }
  # shellcheck disable=SC2034
  fetch_asks=read_asks
  fetch_url "$3" "$2" && read_bytes=$fetch_bytes && return
  read_why=$fetch_why
  case $fetch_status in 404) read_absent=yes ;; 403) read_absent=hidden ;; esac
  return 1
}
read_asks() {
  printf '%s\n' "$read_config"
  [ -z "$p_authority" ] || printf 'cacert = "%s"\n' "$p_work/authority.pem"
}
# The reader of kind https; one of kind script brings its own.
reader_of_https() {
  reader_config() { printf 'url = "%s/%s"\n%s\n' "$p_reader_at" "$1" "$p_reader_lines"; }
}
open_reader() {
  [ -z "$p_authority" ] || printf '%s\n' "$p_authority" >"$p_work/authority.pem"
  case $p_reader in
    file) ;;
    https) reader_of_https ;;
    script) eval "$p_reader_script" ;;
    *) leave 2 "this script names no way to read storage" ;;
  esac
  [ "$p_reader" = file ] || has curl || leave 2 "there is no curl on this machine"
}

# patiently <what> <command…>: again and again, until it is done or storage was away for too long. One that ends with 2
# is not a matter of patience.
patiently() {
  patient_what=$1 patient_nap=1
  shift
  clock
  patient_end=$((now + p_wait * 1000))
  until "$@"; do
    [ "$?" -ne 2 ] || return 2
    clock
    [ "$now" -lt "$patient_end" ] || leave 75 "$patient_what could not be read for $p_wait s: $read_why"
    tell "waiting: $patient_what could not be read: $read_why"
    sleep "$(jittered "$patient_nap")" 2>/dev/null || sleep "$patient_nap"
    patient_nap=$((patient_nap * 2))
    [ "$patient_nap" -le "$p_nap" ] || patient_nap=$p_nap
  done
}
# Half of it up to one and a half: a hundred machines that start at once do not ask at once.
jittered() {
  jitter=$(od -An -N2 -tu2 /dev/urandom 2>/dev/null)
  awk -v "nap=$1" -v "jitter=${jitter:-32768}" 'BEGIN { printf "%.2f", nap * (0.5 + jitter / 65536) }'
}

# fetched <what> <key> <limit> <file>: waits for storage.
fetched() { patiently "$1" read_object "$2" "$3" "$4"; }
# proven <what> <key> <limit> <file> <sha256> [<bytes>]: as fetched, and the bytes are those that were signed. Bytes may be
# turned on their way, so they are read three times before it is said that they are damaged.
proven() {
  for proven_try in 1 2 3; do
    fetched "$1" "$2" "$3" "$4"
    if { [ -z "${6-}" ] || [ "$read_bytes" -eq "$6" ]; } && [ "$(digest_of "$4" "$read_bytes")" = "$5" ]; then return; fi
    tell "$1 is not what was signed, by its length or digest (try $proven_try of 3)"
    rm -f "$4"
  done
  leave 65 "$1 in storage is damaged: it is not what was signed"
}
