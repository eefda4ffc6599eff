# shellcheck shell=sh
# Signatures without ssh-keygen: by openssl, of ed25519 keys only. Nothing of the signature is searched or measured: for an
# ed25519 key and a purpose that is known, every byte of SSHSIG but key, digest's name and signature stands fixed, so
# that the one form it may have is made here and compared.

# A signature that RFC 8032 gives for the byte 0x72 must hold, and must not hold for another byte: openssl is known by
# what it does.
openssl_verifies() {
  has openssl && has dd && has od && has mktemp || return 1
  openssl_at=$(umask 077 && mktemp -d) || return 1
  openssl_proof "$openssl_at" 2>/dev/null >&2
  openssl_is=$?
  rm -rf "$openssl_at"
  return "$openssl_is"
}
openssl_proof() {
  printf '\075\100\027\303\350\103\211\132\222\267\012\247\115\033\176\274\234\230\054\317\056\304\226\214\300\315\125\361\052\364\146\014' >"$1/key"
  printf '\222\240\011\251\360\324\312\270\162\016\202\013\137\144\045\100\242\262\173\124\026\120\077\217\263\166\042\043\353\333\151\332\010\132\301\344\076\025\231\156\105\217\066\023\320\361\035\214\070\173\056\256\264\060\052\356\260\015\051\026\022\273\014\000' >"$1/signature"
  public_key "$1/key" >"$1/key.pem" && printf r >"$1/good" && printf s >"$1/bad" || return 1
  openssl_holds "$1/key.pem" "$1/good" "$1/signature" || return 1
  ! openssl_holds "$1/key.pem" "$1/bad" "$1/signature"
}
# openssl_holds <key> <message> <signature>: files, all three.
openssl_holds() {
  openssl_said=$(openssl pkeyutl -verify -pubin -inkey "$1" -rawin -in "$2" -sigfile "$3" 2>/dev/null) || return 1
  [ "$openssl_said" = 'Signature Verified Successfully' ]
}
# The 32 bytes of a key as openssl reads them.
public_key() {
  echo '-----BEGIN PUBLIC KEY-----'
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000' && cat "$1"; } | openssl base64 -A
  printf '\n%s\n' '-----END PUBLIC KEY-----'
}

hex_of() { od -An -v -tx1 | tr -d ' \n'; }
octet() { printf %b "\\0$(printf %o "$1")"; }
octets() { dd "if=$1" bs=1 "skip=$2" "count=$3" 2>/dev/null; }

# verify_by_openssl <principal> <namespace>: true when the signature in $work/signed.sig over $work/signed.text is by a key
# that the principal may sign this purpose with, and that is not revoked. Else its last line says why.
verify_by_openssl() {
  valid_principal "$1" && [ "${#2}" -le 64 ] || return 1
  ssh_sig=$work/signed.bytes
  sed '/^-----/d' "$work/signed.sig" | tr -d '\n' >"$work/signed.base64" || return 1
  openssl base64 -d -A -in "$work/signed.base64" >"$ssh_sig" 2>/dev/null || :
  # One spelling only: what decodes alike but is written otherwise is refused.
  [ "$(openssl base64 -A -in "$ssh_sig")" = "$(cat "$work/signed.base64")" ] || {
    echo 'it is not base64'
    return 1
  }
  ssh_form "$2" || {
    echo 'it is for another purpose, or by a key that is not ed25519: install ssh-keygen to verify by others'
    return 1
  }
  ssh_key=$(octets "$ssh_sig" 14 51 | openssl base64 -A) && [ "${#ssh_key}" -eq 68 ] || return 1
  ssh_key_counts "$ssh_key" "$1" "$2" || return 1
  octets "$ssh_sig" 33 32 >"$work/signed.key" && public_key "$work/signed.key" >"$work/signed.pem" || return 1
  octets "$ssh_sig" $((106 + ${#2})) 64 >"$work/signed.raw" && ssh_message "$2" >"$work/signed.message" || return 1
  openssl_holds "$work/signed.pem" "$work/signed.message" "$work/signed.raw" || {
    echo 'it is over other bytes'
    return 1
  }
}
# PROTOCOL.sshsig: magic, version 1, key, namespace, nothing, digest's name, signature. Sets ssh_digest.
ssh_form() {
  ssh_hex=$(hex_of <"$ssh_sig")
  [ "${#ssh_hex}" -eq $(((170 + ${#1}) * 2)) ] || return 1
  ssh_head=53534853494700000001000000330000000b7373682d6564323535313900000020
  case $ssh_hex in "$ssh_head"*) ssh_hex=${ssh_hex#"$ssh_head"} ;; *) return 1 ;; esac
  ssh_hex=${ssh_hex#"$(printf %.64s "$ssh_hex")"}
  ssh_purpose=$(printf '%08x' "${#1}")$(printf %s "$1" | hex_of)0000000000000006
  case $ssh_hex in "$ssh_purpose"*) ssh_hex=${ssh_hex#"$ssh_purpose"} ;; *) return 1 ;; esac
  ssh_tail=000000530000000b7373682d6564323535313900000040
  case $ssh_hex in
    736861353132"$ssh_tail"*) ssh_digest=sha512 ;;
    736861323536"$ssh_tail"*) ssh_digest=sha256 ;;
    *) return 1 ;;
  esac
  [ "${#ssh_hex}" -eq $((12 + 46 + 128)) ]
}
# The bytes that were signed: the same fields, with the digest of the text in place of key and signature.
ssh_message() {
  case $ssh_digest in sha512) ssh_length=64 ;; sha256) ssh_length=32 ;; *) return 1 ;; esac
  printf 'SSHSIG\000\000\000' && octet "${#1}" &&
    printf '%s\000\000\000\000\000\000\000\006%s\000\000\000' "$1" "$ssh_digest" && octet "$ssh_length" &&
    openssl dgst "-$ssh_digest" -binary "$work/signed.text"
}
# ssh_key_counts <base64 of the key> <principal> <namespace>. Both files are wholly in their grammar, or nothing counts.
ssh_key_counts() {
  trust_grammar "$hw/trust/signers" 1 || {
    echo 'the signers have a line that is not in their grammar'
    return 1
  }
  if [ -e "$hw/trust/revoked" ] || [ -L "$hw/trust/revoked" ]; then
    trust_grammar "$hw/trust/revoked" 0 || {
      echo 'the revoked keys have a line that is not in their grammar'
      return 1
    }
    LC_ALL=C awk -v "key=$1" '!/^#/ && $2 == key { found = 1 } END { exit found }' "$hw/trust/revoked" || {
      echo 'its key is revoked'
      return 1
    }
  fi
  LC_ALL=C awk -v "key=$1" -v "principal=$2" -v "namespace=$3" '
    function lists(words, word, each, count, i) {
      count = split(words, each, ",")
      for (i = 1; i <= count; i++) if (each[i] == word) return 1
      return 0
    }
    /^#/ || NF == 0 { next }
    {
      at = 2
      if (tolower($2) ~ /^namespaces="/) {
        named = substr($2, 13, length($2) - 13)
        if (!lists(named, namespace)) next
        at = 3
      }
      if ($at == "ssh-ed25519" && $(at + 1) == key && lists($1, principal)) found = 1
    }
    END { exit !found }' "$hw/trust/signers" || {
    echo "its key is not one that $2 may sign $3 with"
    return 1
  }
}
