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
# Digests of the listed files, in the order of the list.
digests() {
  case $sha in
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
digest_of() {
  case $sha in
    sha256sum) sha256sum <"$1" ;;
    shasum) shasum -a 256 <"$1" ;;
    openssl) openssl dgst -sha256 -r <"$1" ;;
  esac | cut -c 1-64
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
