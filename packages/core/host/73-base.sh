# shellcheck shell=sh
# A release made of one that is here: recycled, which moves it, or cloned.
stage_delta() {
  receive_archive
  unpack_side "$archive" "$work/side.1" change
  spend "$h_supplement"
  unpack_side "$h_supplement" "$work/side.2" manifest
  check_base
  lend_side "$work/side.3"
  if [ "$h_method" = recycle ]; then
    take_base
    stage_record=$work/base/stat.stage
    try "taking release $h_base" take_back "$work/base" "$work/tree"
  else
    try "copying release $h_base" copy_base
    stage_record=/dev/null
    try "copying release $h_base" take_back "$hw/releases/$h_base" "$work/tree"
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
  ! others_own "$h_base" || fail HWS_HOST_BASE_CHANGED "directories of release $h_base belong to another user"
}

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
  look_current
  [ "$current_at" != "$h_base" ] || fail HWS_HOST_BASE_CHANGED "release $h_base is in service"
  ! inhabited "$root/releases/$h_base" || fail HWS_HOST_BASE_CHANGED "a process runs in release $h_base"
  if first_line "$hw/previous" && [ "$first" = "$h_base" ]; then rm -f "$hw/previous"; fi
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
  for side in "$work/side.1" "$work/side.2" "$work/side.3"; do
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
    function up(name) { sub("/?[^/]*$", "", name); folder["./" name] = 1 }
    part == "arrived" { print "./" $0; up($0); next }
    part == "times" { $0 = substr($0, index($0, " ") + 1) }
    { if (part != "remove") print; up(substr($0, 3)) }
    END { for (name in folder) print name }' part=arrived "$work/arrived" part=remove "$(list_or_null remove)" \
    "$(list_or_null remove.dirs)" part=dirs "$(list_or_null dirs)" "$(list_or_null mode.755)" "$(list_or_null mode.644)" \
    "$(list_or_null mode.dir)" part=times "$(list_or_null times)" >"$work/changed"
  each "$work/changed" sync 2>/dev/null || sync
}
list_or_null() { if [ -f "$work/sort/$1" ]; then echo "$work/sort/$1"; else echo /dev/null; fi; }
