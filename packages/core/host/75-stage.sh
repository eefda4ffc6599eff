# shellcheck shell=sh
# Present on the instance, not active. The body is received outside the lock, since a sender may fall silent; the lock is
# taken for the claim, for the move of a base, and for the rename that makes the release.
verb_stage() {
  stage_request
  tick staging
  make_layout
  stage_open
  take_record
  if stage_held; then answer "{\"ok\":true,\"already\":true,\"method\":\"$h_method\",\"written\":0,\"removed\":0}"; fi
  base_facts=$hw/releases/$h_base
  read_manifest
  : >"$work/arrived"
  if [ "$h_method" = full ]; then stage_full; else stage_delta; fi
  confirm_tree "$work/tree" "$work/facts/stat.stage" ||
    fail HWS_HOST_DIGEST "release $h_release is not what its manifest says: $(summary "$work/faulty")"
  cp "$work/manifest" "$work/facts/manifest" || broken "storing the manifest" ""
  try "syncing release $h_release" sync_paths "$work/facts/record" "$work/facts/manifest" "$work/facts/stat.stage" "$work/facts"
  stage_publish
  answer "{\"ok\":true,\"already\":false,\"method\":\"$h_method\",\"written\":$written,\"removed\":$removed}"
}

stage_request() {
  want_number epoch "$h_epoch"
  want_id release "$h_release"
  for stage_length in "$h_record" "$h_manifest" "$h_archive" "$h_supplement" "$body_left"; do
    want_number length "$stage_length"
  done
  case $h_method in
    full) ;;
    recycle | clone) want_id base "$h_base" ;;
    *) fail HWS_HOST_REQUEST "the method is none of full, recycle, clone" ;;
  esac
  has tar || fail HWS_HOST_TOOL_MISSING "there is no tar on this instance"
  [ "$sha" != none ] || fail HWS_HOST_TOOL_MISSING "there is no sha256 tool on this instance"
  case $h_archive_form in
    tar.gz) unpacked() { gzip -dc; } && has gzip || fail HWS_HOST_TOOL_MISSING "there is no gzip on this instance" ;;
    tar.zst) unpacked() { zstd -dcq; } && has zstd || fail HWS_HOST_TOOL_MISSING "there is no zstd on this instance" ;;
    tar) unpacked() { cat; } ;;
    *) fail HWS_HOST_REQUEST "the archive's form is none of tar.gz, tar.zst, tar" ;;
  esac
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
  record_of "$work/facts/record"
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
  [ "$h_manifest_form" = full ] || fail HWS_HOST_REQUEST "a full stage needs a full manifest"
  spend "$h_archive"
  try "making the tree" mkdir "$work/tree"
  unpack "$h_archive" "$work/tree" -m
  try "sorting the tree" sort_tree "$work/sort" "$work/tree" /dev/null
  removed=$(cat "$work/sort/removed")
  if [ "$removed" -gt 0 ] || [ -s "$work/sort/need" ]; then
    cat "$work/sort/remove" "$work/sort/remove.dirs" "$work/sort/need" 2>/dev/null >"$work/faulty"
    fail HWS_HOST_DIGEST "the archive is not that of release $h_release: $(summary "$work/faulty")"
  fi
  check_hashes "$work/tree" || fail HWS_HOST_DIGEST "the archive of release $h_release is damaged: $(summary "$work/sort/wrong")"
  try "setting modes and times" mend_tree "$work/sort" "$work/tree"
  written=$(awk '$1 != "dir" { n++ } END { print n + 0 }' "$work/manifest")
  try "syncing the tree" sync_tree "$work/tree"
}
# unpack <bytes of the body> <directory> [<option of tar>]
unpack() {
  unpack_said=$({ take "$1" 2>/dev/null | { { unpacked | tar -x -o -f - -C "$2" ${3+"$3"}; } 2>&1 || echo "tar ended with $?"; cat >/dev/null; }; } 2>&1)
  case $unpack_said in
    '') ;;
    *'No space left'* | *'Read-only file'* | *'Permission denied'* | *'quota exceeded'* | *'tar ended with'*)
      broken "unpacking the archive" "$unpack_said" HWS_HOST_DIGEST
      ;;
  esac
}
check_hashes() { hash_lists "$work/sort" "$1" && [ ! -s "$work/sort/wrong" ]; }
# The first names of a list, for a message.
summary() { awk 'NR <= 5 { out = out (NR > 1 ? ", " : "") $0 } END { print out (NR > 5 ? ", … (" NR ")" : "") }' "$1"; }

stage_delta() {
  spend "$h_archive"
  unpack_side "$h_archive" "$work/side.1"
  spend "$h_supplement"
  unpack_side "$h_supplement" "$work/side.2"
  check_base
  if [ "$h_method" = recycle ]; then
    take_base
    stage_record=$work/base/stat.stage
  else
    try "copying release $h_base" copy_base
    stage_record=/dev/null
  fi
  try "sorting release $h_base" sort_tree "$work/sort" "$work/tree" "$stage_record"
  check_need
  removed=$(cat "$work/sort/removed")
  try "mending the tree" mend_tree "$work/sort" "$work/tree"
  try "placing files" place_sides
  written=$(($(wc -l <"$work/arrived")))
  try "syncing the tree" sync_changes
}
check_base() {
  state_of "$h_base" || fail HWS_HOST_BASE_CHANGED "release $h_base is not complete on this instance"
  [ "$h_method" = recycle ] || return 0
  look_current
  first_line "$hw/previous"
  if [ "$current_at" = "$h_base" ] || [ "$first" = "$h_base" ]; then
    fail HWS_HOST_BASE_CHANGED "release $h_base is in service or the one before it"
  fi
  ! inhabited "$root/releases/$h_base" || fail HWS_HOST_BASE_CHANGED "a process runs in release $h_base"
}

# Changed files never go straight into a tree that an application could have planted links in.
unpack_side() {
  try "making $2" mkdir "$2"
  [ "$1" -gt 0 ] || return 0
  unpack "$1" "$2"
  side_lists=$2.lists
  try "looking at what arrived" sort_side "$2" "$side_lists"
  [ ! -s "$side_lists/alien" ] || fail HWS_HOST_DIGEST "the archive holds what release $h_release does not: $(summary "$side_lists/alien")"
  hash_lists "$side_lists" "$2" && [ ! -s "$side_lists/wrong" ] ||
    fail HWS_HOST_DIGEST "the archive for release $h_release is damaged: $(summary "$side_lists/wrong")"
  try "setting modes and times" set_side "$2" "$side_lists"
}
# What arrived must be in the manifest with its type and size; what is not is alien.
sort_side() {
  mkdir "$2" || return 1
  walk "$1" >"$2/walk" || return 1
  awk -v "out=$2" "$names$side" part=walk "$2/walk" part=new "$work/manifest" >>"$work/arrived"
}
side='
  part == "walk" { have[name_of($0)] = $0; next }
  {
    name = raw($5)
    if (!(name in have)) next
    look_at(have[name])
    if (!fits(kind, $1) || (kind == "f" && size != $2)) next
    delete have[name]
    if (kind == "d") next
    print name
    if (kind == "l") { hash_link(name, target, $4); next }
    hash(name, $2, $4)
    if (mode != $1) put("mode." $1, "./" name)
    if (mtime !~ ("^" $3 "\\.0*$")) put("times", $3 " ./" name)
  }
  END { for (name in have) put("alien", coded(name)) }'
set_side() { (cd "$1" && set_modes "$2" && set_times "$2"); }

check_need() {
  if hash_lists "$work/sort" "$work/tree"; then
    cat "$work/sort/need" "$work/sort/wrong" >"$work/needed"
    [ -s "$work/needed" ] || return 0
    need_why="lacks what nothing in the body gives: $(summary "$work/needed")"
  else
    : >"$work/needed"
    need_why='changed while it was read'
  fi
  if [ "$h_method" = recycle ]; then give_back; fi
  send_data "$work/needed"
  fail HWS_HOST_BASE_CHANGED "release $h_base $need_why"
}
# Nothing of the base was changed yet. Its facts come back last: without them it does not count.
give_back() {
  lock
  move "$work/tree" "$root/releases/$h_base" 2>/dev/null && move "$work/base" "$hw/releases/$h_base" 2>/dev/null
}
# From here to the rename the base is gone: its facts first, so that half a base is never believed.
take_base() {
  fence
  check_base
  try "taking release $h_base" move "$hw/releases/$h_base" "$work/base"
  try "taking release $h_base" move "$root/releases/$h_base" "$work/tree"
  unlock
}
copy_base() {
  cp -a --reflink=auto "$root/releases/$h_base" "$work/tree" 2>/dev/null && return
  rm -rf "$work/tree"
  cp -a "$root/releases/$h_base" "$work/tree"
}
# Hard links from the side directory, which then goes: one process for any number of files, and no copy.
place_sides() {
  for side in "$work/side.1" "$work/side.2"; do
    [ -e "$side.lists" ] || continue
    cp -al "$side/." "$work/tree/" 2>/dev/null || cp -a "$side/." "$work/tree/" || return 1
    rm -rf "$side" || return 1
  done
}
# A few changed paths are synced by name, since syncing the file system waits for everybody's writes.
sync_changes() {
  if [ "$h_method" = clone ] || [ "$(cat "$work/arrived" "$work/sort/remove" 2>/dev/null | wc -l)" -gt 200 ]; then
    sync_tree "$work/tree"
    return
  fi
  cd "$work/tree" || return 1
  awk '
    function up(name) { sub(/\/?[^\/]*$/, "", name); folder["./" name] = 1 }
    part == "arrived" { print "./" $0; up($0); next }
    part == "times" { $0 = substr($0, index($0, " ") + 1) }
    { if (part != "remove") print; up(substr($0, 3)) }
    END { for (name in folder) print name }' part=arrived "$work/arrived" part=remove "$(list_or_null remove)" \
    "$(list_or_null remove.dirs)" part=dirs "$(list_or_null dirs)" "$(list_or_null mode.755)" "$(list_or_null mode.644)" \
    "$(list_or_null mode.dir)" part=times "$(list_or_null times)" >"$work/changed"
  each "$work/changed" sync 2>/dev/null || sync
}
list_or_null() { if [ -f "$work/sort/$1" ]; then echo "$work/sort/$1"; else echo /dev/null; fi; }

stage_publish() {
  fence
  if [ -e "$root/releases/$h_release" ] || [ -L "$root/releases/$h_release" ]; then stage_clear; fi
  rm -rf "$hw/releases/$h_release"
  try "storing the facts of release $h_release" move "$work/facts" "$hw/releases/$h_release"
  try "storing release $h_release" move "$work/tree" "$root/releases/$h_release"
  sync_paths "$root/releases" "$hw/releases"
  store "$hw/releases/$h_release/state" staged
}
# A directory of this name that is incomplete or changed makes room.
stage_clear() {
  look_current
  if [ "$current_kind" = release ] && [ "$current_at" = "$h_release" ]; then
    fail HWS_HOST_STATE "release $h_release has changed and is in service: it cannot be replaced"
  fi
  ! inhabited "$root/releases/$h_release" || fail HWS_HOST_BUSY "a process runs in release $h_release"
  rm -f "$hw/releases/$h_release/state"
  try "clearing release $h_release" move "$root/releases/$h_release" "$work/replaced"
}
