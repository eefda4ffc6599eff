# shellcheck shell=sh
# Lays whom this instance believes. There is no moment without trust: files are replaced one by one, and a mixture of old
# and new refuses at worst. It is taken away only by who says so.
verb_trust() {
  want_number epoch "$h_epoch"
  for trust_length in "$h_signers" "$h_revoked" "$body_left"; do want_number length "$trust_length"; done
  make_layout
  fence
  claim_root
  if [ "$h_signers" -eq 0 ]; then trust_drop; fi
  [ "$h_drop" != yes ] || fail HWS_HOST_REQUEST "trust is either laid or dropped"
  valid_principal "$h_principal" || fail HWS_HOST_REQUEST "the principal is not a name: $h_principal"
  # The body is received outside the lock: a sender may fall silent.
  unlock
  work=$hw/staging/trust.$self
  try "making $work" mkdir "$work" "$work/trust"
  spend $((h_signers + h_revoked))
  try "receiving the signers" take_file "$h_signers" "$work/trust/signers"
  try "receiving the revoked keys" take_file "$h_revoked" "$work/trust/revoked"
  try "storing the principal" trust_principal
  trust_grammar "$work/trust/signers" 1 || fail HWS_HOST_REQUEST "the signers have a line that is not in their grammar"
  trust_grammar "$work/trust/revoked" 0 || fail HWS_HOST_REQUEST "the revoked keys have a line that is not in their grammar"
  [ -s "$work/trust/revoked" ] || rm -f "$work/trust/revoked"
  fence
  trust_forget=false
  if trust_kept; then trust_replace; else trust_first; fi
  answer "{\"ok\":true,\"changed\":$trust_changed,\"forgot\":$trust_forget}"
}
trust_principal() { printf '%s\n' "$h_principal" >"$work/trust/principal"; }

# trust_grammar <file> <words before the type>: comments, empty lines, and lines with a key. ssh-keygen would pass over others.
trust_grammar() {
  LC_ALL=C awk -v "before=$2" '
    /[^\t -~]/ { exit bad = 1 }
    /^[ \t]*$/ || /^#/ { next }
    {
      at = before + 1
      if (before && $1 !~ /^[A-Za-z0-9][A-Za-z0-9@._+,-]*$/) exit bad = 1
      if (before && $2 ~ /^[Nn][Aa][Mm][Ee][Ss][Pp][Aa][Cc][Ee][Ss]="[A-Za-z0-9@._,-]+"$/) at++
      if ($at !~ /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/ || $(at + 1) !~ /^[A-Za-z0-9+\/]+=*$/) exit bad = 1
      count++
    }
    END { exit bad || (before && !count) }' "$1"
}

trust_drop() {
  trust_kept || answer '{"ok":true,"changed":false,"forgot":false}'
  [ "$h_drop" = yes ] || fail HWS_HOST_TRUST "this instance demands signatures, and an empty trust would end that"
  try "removing the trust" move "$hw/trust" "$hw/trash/trust.$self"
  sync_paths "$hw"
  rm -rf "$hw/trash/trust.$self"
  answer '{"ok":true,"changed":true,"forgot":false}'
}
trust_first() {
  trust_changed=true
  sync_paths "$work"/trust/signers "$work"/trust/principal "$work/trust"
  [ ! -e "$work/trust/revoked" ] || sync_paths "$work/trust/revoked"
  try "laying the trust" move "$work/trust" "$hw/trust"
  sync_paths "$hw"
}
# What is revoked comes first and goes last.
trust_replace() {
  trust_changed=false
  trust_name
  trust_before=$trust_found
  if trust_ended; then
    # Whoever held an ended key may have sent the version sky-high: it counts anew among the keys that remain.
    trust_forget=true
    rm -f "$hw/trusted"
  fi
  if [ -e "$work/trust/revoked" ]; then trust_put revoked; fi
  trust_put signers
  trust_put principal
  [ -e "$work/trust/revoked" ] || rm -f "$hw/trust/revoked"
  sync_paths "$hw/trust"
  trust_name
  [ "$trust_before" = "$trust_found" ] || trust_changed=true
}
trust_put() {
  try "laying the trust" cp "$work/trust/$1" "$hw/trust/$1.new"
  try "laying the trust" sync_paths "$hw/trust/$1.new"
  try "laying the trust" move "$hw/trust/$1.new" "$hw/trust/$1"
}
# True when a key that was believed is believed no more.
trust_ended() {
  for trust_part in "$hw/trust/signers" "$hw/trust/revoked" "$work/trust/signers" "$work/trust/revoked"; do
    [ -f "$trust_part" ] && cat "$trust_part" || :
    echo '#next'
  done | LC_ALL=C awk '
    $0 == "#next" { part++; next }
    /^#/ { next }
    {
      for (i = 1; i < NF; i++) if ($i ~ /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/) { key = $(i + 1); i = NF }
      if (key == "") next
      held[part + 0, key] = 1
      if (part + 0 == 0) keys[key] = 1
      key = ""
    }
    END { for (key in keys) if (!((1, key) in held) && (!((2, key) in held) || ((3, key) in held))) found = 1; exit !found }'
}
