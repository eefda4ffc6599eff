# shellcheck shell=sh
# What is read from outside is believed when a key signed it that this instance was told to trust. The folder of the
# trust stands for the demand: where it is and anything in it is missing or wrong, nothing is believed.
trust_kept() { [ -e "$hw/trust" ] || [ -L "$hw/trust" ]; }

# What verifies signatures here, into signature_by: ssh-keygen, openssl (ed25519 only), or none. It is told by what they do,
# and never by how a verification ended. Old versions of ssh-keygen know no `-Y verify`, and it fails altogether for a user without a name.
signature_by=''
signature_tool() {
  [ -z "$signature_by" ] || return 0
  signature_by=none
  if has ssh-keygen; then
    case $(ssh-keygen -Y verify </dev/null 2>&1) in *'missing namespace'*) signature_by=ssh-keygen ;; esac
  fi
  if [ "$signature_by" = none ] && openssl_verifies; then signature_by=openssl; fi
}

# Signatures by which keys can be verified here, as survey says it.
signature_keys() {
  signature_tool
  case $signature_by in ssh-keygen) printf true ;; openssl) printf '"ed25519"' ;; *) printf false ;; esac
}

# Names what lies there, as the deployer counts it. Of what is not whole there is a name too.
trust_name() {
  trust_found=damaged
  [ -s "$hw/trust/signers" ] && first_line "$hw/trust/principal" || return 0
  trust_found=$(trust_words | digest_of /dev/stdin)
}
trust_words() {
  trust_revoked=-
  [ ! -s "$hw/trust/revoked" ] || trust_revoked=$(digest_of "$hw/trust/revoked")
  printf '%s %s %s\n' "$(digest_of "$hw/trust/signers")" "$first" "$trust_revoked"
}

# Lines before the section, then the section: BEGIN, base64, END, and nothing after it.
split_signed='
  BEGIN { printf "" > text; printf "" > sig }
  $0 == "-----BEGIN SSH SIGNATURE-----" { if (part) exit bad = 1; part = 1 }
  part == 2 { exit bad = 1 }
  part == 1 {
    print > sig
    if ($0 == "-----END SSH SIGNATURE-----") { part = 2; next }
    if ($0 ~ /^-----BEGIN/) next
    if ($0 !~ /^[A-Za-z0-9+\/=]+$/ || length($0) > 76) exit bad = 1
    next
  }
  { print > text }
  END { exit bad || part == 1 }'

# check_signed <file> <namespace>: true when the signature holds, or when no trust is laid and nothing was signed; else
# the verb fails. Leaves the signed part, without the signature, in $work/signed.text: only that may be read on.
check_signed() {
  signed_what=${1##*/}
  awk -v "text=$work/signed.text" -v "sig=$work/signed.sig" "$split_signed" "$1" ||
    fail HWS_HOST_SIGNATURE "the signature of the $signed_what is damaged"
  # Byte for byte: what awk would read otherwise than it was written is refused.
  cat "$work/signed.text" "$work/signed.sig" >"$work/signed.both" || broken "checking a signature" ""
  same_bytes "$work/signed.both" "$1" ||
    fail HWS_HOST_SIGNATURE "the $signed_what is not plain text"
  if ! trust_kept; then
    [ ! -s "$work/signed.sig" ] ||
      fail HWS_HOST_SIGNATURE "the $signed_what is signed, and no trust was laid on this instance to verify it by"
    return 0
  fi
  [ -s "$work/signed.sig" ] || fail HWS_HOST_SIGNATURE "the $signed_what is not signed, and this instance demands it"
  signature_tool
  [ "$signature_by" != none ] ||
    fail HWS_HOST_TOOL_MISSING "there is no ssh-keygen that knows -Y verify on this instance to verify signatures with, nor an openssl that verifies ed25519"
  first_line "$hw/trust/principal" && [ -s "$hw/trust/signers" ] && valid_principal "$first" ||
    fail HWS_HOST_SIGNATURE "the trust in $hw/trust is not whole"
  set -- "$1" "$2" "$first"
  signed_said=$(verify_signed "$3" "$2" 2>&1) ||
    fail HWS_HOST_SIGNATURE "the signature of the $signed_what does not hold for $3 and $2: $(printf '%s' "$signed_said" | tail -n 1)"
}
verify_signed() {
  if [ "$signature_by" = openssl ]; then
    verify_by_openssl "$1" "$2"
    return
  fi
  set -- -Y verify -f "$hw/trust/signers" -I "$1" -n "$2" -s "$work/signed.sig"
  [ ! -e "$hw/trust/revoked" ] || set -- "$@" -r "$hw/trust/revoked"
  ssh-keygen "$@" <"$work/signed.text"
}
valid_principal() {
  case $1 in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9@._+-]*) return 1 ;; esac
  [ "${#1}" -le 128 ]
}
