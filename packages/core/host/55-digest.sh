# shellcheck shell=sh
if has sha256sum; then
  sha=sha256sum
elif has shasum; then
  sha=shasum
elif has openssl; then
  sha=openssl
else
  sha=none
fi
# Of much to read openssl makes half the work or less where the processor helps; to start it costs more than a small file.
digests_by() {
  digests_by=$sha
  if [ "$sha" = sha256sum ] && [ "$1" -gt "$2" ] && has openssl; then digests_by=openssl; fi
}
# Digests of the listed files, in the order of the list.
digests() {
  [ -s "$1" ] || return 0
  digests_by "$(($(wc -l <"$1")))" 200
  case $digests_by in
    sha256sum) each "$1" sha256sum ;;
    shasum) each "$1" shasum -a 256 ;;
    openssl) each "$1" openssl dgst -sha256 -r ;;
  esac
}
# A name with a newline would make two lines of one with some tools, so these go one by one.
digests_singly() {
  case $sha in
    sha256sum) each "$1" -n 1 sh -c 'sha256sum <"$1"' sh ;;
    shasum) each "$1" -n 1 sh -c 'shasum -a 256 <"$1"' sh ;;
    openssl) each "$1" -n 1 sh -c 'openssl dgst -sha256 -r <"$1"' sh ;;
  esac
}
# digest_of <file> [<its bytes, where they are many>]
digest_of() {
  digests_by "${2-0}" 4194304
  case $digests_by in
    sha256sum) digest_said=$(sha256sum <"$1") ;;
    shasum) digest_said=$(shasum -a 256 <"$1") ;;
    openssl) digest_said=$(openssl dgst -sha256 -r <"$1") ;;
    *) return 1 ;;
  esac
  printf '%s\n' "${digest_said%% *}"
}
# Byte for byte. Not every machine has cmp.
same_bytes() {
  if has cmp; then
    cmp -s "$1" "$2"
    return
  fi
  same_digest=$(digest_of "$1") && [ -n "$same_digest" ] && [ "$same_digest" = "$(digest_of "$2")" ]
}

# hash_lists <folder of lists> <tree>: digests what `hash.1`, `hash.2` and `hash.odd` name in the tree and `hash.links`
# in the folder, and writes to `wrong` the name of each line of `want.*` (digest, name) that is not met.
hash_lists() {
  (
    cd "$2" || exit 1
    digests "$1/hash.2" >"$1/sum.2" &
    digests "$1/hash.1" >"$1/sum.1"
    digests_singly "$1/hash.odd" >"$1/sum.odd"
    wait
  ) 2>>"$1/hash.errors"
  (cd "$1" && digests hash.links >sum.links) 2>>"$1/hash.errors"
  : >"$1/wrong"
  for hash_part in 1 2 odd links; do
    [ -s "$1/want.$hash_part" ] || continue
    awk -v "sums=$1/sum.$hash_part" -v "wrong=$1/wrong" '
      {
        got = ""
        if ((getline got < sums) <= 0) { short = 1; exit }
        sub(/^\\/, "", got)
        got = substr(got, 1, 64)
        if (got != $1) print $2 > wrong
      }
      END { if (!short && (getline got < sums) > 0) short = 1; exit short }' "$1/want.$hash_part" || return 1
  done
}
