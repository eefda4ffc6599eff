# shellcheck shell=sh
# Present on the instance, not active. The body is received outside the lock, since a sender may fall silent; the lock is
# taken for the claim, for the move of a base, and for the rename that makes the release.
verb_stage() {
  stage_request
  tick staging
  make_layout
  stage_open
  take_record
  if stage_held; then answer "{\"ok\":true,\"already\":true,\"state\":\"$state\",\"method\":\"$h_method\",\"written\":0,\"removed\":0}"; fi
  read_manifest
  : >"$work/arrived"
  if [ "$h_method" = full ]; then stage_full; else stage_delta; fi
  confirm_tree "$work/tree" "$work/facts/stat.stage" ||
    fail HWS_HOST_DIGEST "release $h_release is not what its manifest says: $(summary "$work/faulty")"
  cp "$work/manifest" "$work/facts/manifest" || broken "storing the manifest" ""
  stage_settle
  try "syncing release $h_release" sync_paths "$work/facts/record" "$work/facts/manifest" "$work/facts/stat.stage" "$work/facts"
  stage_publish
  answer "{\"ok\":true,\"already\":false,\"state\":\"$stage_state\",\"method\":\"$h_method\",\"written\":$written,\"removed\":$removed}"
}

stage_request() {
  want_number epoch "$h_epoch"
  want_id release "$h_release"
  for stage_length in "$h_record" "$h_manifest" "$h_archive" "$h_supplement" "$h_fetch" "$body_left"; do
    want_number length "$stage_length"
  done
  case $h_install in follows | none) ;; *) fail HWS_HOST_REQUEST "install is neither follows nor none" ;; esac
  case $h_method in
    full) ;;
    recycle | clone)
      want_id base "$h_base"
      [ -z "$h_lender" ] || want_id lender "$h_lender"
      ;;
    *) fail HWS_HOST_REQUEST "the method is none of full, recycle, clone" ;;
  esac
  pull_request
  has tar || fail HWS_HOST_TOOL_MISSING "there is no tar on this instance"
  [ "$sha" != none ] || fail HWS_HOST_TOOL_MISSING "there is no sha256 tool on this instance"
  want_form "$h_archive_form"
}

# The folder of this attempt. What dead attempts left behind goes first.
stage_open() {
  fence
  claim_root
  sweep_staging
  unlock
  work=$hw/staging/$h_release.$self
  try "making $work" mkdir "$work" "$work/facts"
}
sweep_staging() {
  set +f
  for left in "$hw"/staging/*; do
    [ -d "$left" ] || continue
    left_owner=${left##*/}
    alive "${left_owner#*.}" || rm -rf "$left"
  done
  set -f
}

take_record() {
  spend "$h_record"
  try "receiving the record" take_file "$h_record" "$work/facts/record"
  check_signed "$work/facts/record" hawser-release@v1
  record_of "$work/signed.text"
  [ "$r_release" = "$h_release" ] && [ -n "$r_artifact" ] && [ -n "$r_manifest" ] ||
    fail HWS_HOST_REQUEST "the record that arrived is not that of release $h_release"
  [ "$r_application" = "$h_application" ] || fail HWS_HOST_OWNER "release $h_release belongs to another application"
  stage_artifact=$r_artifact stage_manifest=$r_manifest
}
take_file() { take "$1" >"$2"; }

# True when the release is already here, complete, of this manifest and not changed since. One whose install was begun
# is never gone on with: it is made clean, also from itself as base.
stage_held() {
  state_of "$h_release" && [ "$state" != installing ] && [ -f "$hw/releases/$h_release/record" ] || return 1
  record_of "$hw/releases/$h_release/record"
  held_manifest=$r_manifest
  r_artifact=$stage_artifact r_manifest=$stage_manifest
  [ "$held_manifest" = "$stage_manifest" ] || fail HWS_HOST_STATE "release $h_release is held with another manifest"
  compare_release "$h_release" install
  [ ! -s "$work/differing" ] || [ "$(grep -v -c '^extra ' "$work/differing")" = 0 ]
}

# A stream into an empty tree. What tar leaves unread is read here, so that the session stays in step.
stage_full() {
  [ "$h_manifest_form" != delta ] || fail HWS_HOST_REQUEST "a full stage needs a full manifest"
  receive_archive
  try "making the tree" mkdir "$work/tree"
  unpack "$archive" "$work/tree" -m
  # The changes name every entry: of an empty record nothing is missing, and the manifest need not be read again.
  record_head - >"$work/unrecorded" || broken "sorting the tree" ""
  try "sorting the tree" sort_tree "$work/sort" "$work/tree" "$work/unrecorded"
  first_line "$work/sort/removed"
  removed=$first
  if [ "$removed" -gt 0 ] || [ -s "$work/sort/need" ]; then
    cat "$work/sort/remove" "$work/sort/remove.dirs" "$work/sort/need" 2>/dev/null >"$work/faulty"
    fail HWS_HOST_DIGEST "the archive is not that of release $h_release: $(summary "$work/faulty")"
  fi
  check_hashes "$work/tree" || fail HWS_HOST_DIGEST "the archive of release $h_release is damaged: $(summary "$work/sort/wrong")"
  try "setting modes and times" mend_tree "$work/sort" "$work/tree"
  written=$(grep -v -c '^dir ' "$work/manifest")
  try "syncing the tree" sync_tree "$work/tree"
}
check_hashes() { hash_lists "$work/sort" "$1" && [ ! -s "$work/sort/wrong" ]; }
# The first names of a list, for a message.
summary() { awk 'NR <= 5 { out = out (NR > 1 ? ", " : "") $0 } END { print out (NR > 5 ? ", ... (" NR ")" : "") }' "$1"; }

# A plan that does nothing in the release's directory leaves it as it was staged: then it is installed by that.
stage_settle() {
  stage_state=staged
  [ "$h_install" = none ] || return 0
  stage_state=installed
  ln "$work/facts/stat.stage" "$work/facts/stat.install" 2>/dev/null ||
    try "recording release $h_release" cp "$work/facts/stat.stage" "$work/facts/stat.install"
}

stage_publish() {
  fence
  if [ -e "$root/releases/$h_release" ] || [ -L "$root/releases/$h_release" ]; then stage_clear; fi
  rm -rf "$hw/releases/$h_release"
  try "storing the facts of release $h_release" move "$work/facts" "$hw/releases/$h_release"
  try "storing release $h_release" move "$work/tree" "$root/releases/$h_release"
  sync_paths "$root/releases" "$hw/releases"
  store "$hw/releases/$h_release/state" "$stage_state"
}
# A directory of this name that is incomplete or changed makes room.
stage_clear() {
  look_current
  case $current_at in
    "$h_release" | "releases/$h_release" | "$root/releases/$h_release")
      fail HWS_HOST_STATE "release $h_release has changed and is in service: it cannot be replaced"
      ;;
  esac
  ! inhabited "$root/releases/$h_release" || fail HWS_HOST_BUSY "a process runs in release $h_release"
  rm -f "$hw/releases/$h_release/state"
  clear_owned "$h_release"
  try "clearing release $h_release" move "$root/releases/$h_release" "$work/replaced"
}
