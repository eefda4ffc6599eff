# shellcheck shell=sh
verb_seal() {
  want_id release "$h_release"
  enter
  tick sealing
  state_of "$h_release" || fail HWS_HOST_STATE "release $h_release is not complete on this instance"
  work=$hw/staging/seal.$self
  try "making $work" mkdir "$work"
  : >"$work/mark"
  seal_mark=$(mark_time "$work/mark")
  try "reading release $h_release" walk_into "$root/releases/$h_release" "$work/walk"
  facts=$hw/releases/$h_release
  try "recording release $h_release" record_walk "$work/walk" "$seal_mark" "$work/stat"
  seal_changed=$(count_changed)
  try "syncing the record" sync_paths "$work/stat"
  try "storing the record" move "$work/stat" "$facts/stat.install"
  store "$facts/state" installed
  answer "{\"ok\":true,\"changed\":$seal_changed}"
}
walk_into() { walk "$1" >"$2"; }
# Paths whose line is not that of the stage, or which only one of the two has.
count_changed() {
  awk "$names"'
    part == "stage" { if (FNR > 1) was[substr($0, 1, 1) == "~" ? substr($0, 2) : $0] = 1; next }
    $0 in was { delete was[$0]; next }
    { n++; changed[name_of($0)] = 1 }
    END {
      for (line in was) if (!(name_of(line) in changed)) n++
      print n + 0
    }' part=stage "$facts/stat.stage" part=walk "$work/walk"
}
