# shellcheck shell=sh
verb_seal() {
  want_id release "$h_release"
  enter
  tick sealing
  state_of "$h_release" || fail HWS_HOST_STATE "release $h_release is not complete on this instance"
  work=$hw/staging/seal.$self
  try "making $work" mkdir "$work"
  : >"$work/mark"
  printf 'hawser-stat 1 %s %s\n' "$walk_form" "$(mark_time "$work/mark")" >"$work/stat"
  try "reading release $h_release" walk_into "$root/releases/$h_release" "$work/walk"
  try "recording release $h_release" record_walk
  facts=$hw/releases/$h_release
  seal_changed=$(count_changed)
  try "syncing the record" sync_paths "$work/stat"
  try "storing the record" move "$work/stat" "$facts/stat.install"
  store "$facts/state" installed
  answer "{\"ok\":true,\"changed\":$seal_changed}"
}
walk_into() { walk "$1" >"$2"; }
record_walk() {
  awk "$names"'{ entry(); print head, name (kind == "l" ? " " coded(target) : "") }' "$work/walk" >>"$work/stat"
}
# Paths whose stat is not that of the stage, or which only one of the two has.
count_changed() {
  awk '
    $1 == "hawser-stat" { next }
    { fact = $1 " " $2 " " $3 " " $4 " " $5 " " $6 " " $8 }
    part == "stage" { was[$7] = fact; next }
    !($7 in was) { n++; next }
    { if (was[$7] != fact) n++; delete was[$7] }
    END { for (name in was) n++; print n + 0 }' part=stage "$facts/stat.stage" part=install "$work/stat"
}
