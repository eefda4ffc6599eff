# shellcheck shell=sh
# compare_release <id> <install|stage>: writes $work/differing, and sets compared and hashed. Against `stage` it tells what
# of the manifest is no longer as staged, which is what a delta onto this release must bring; against `install` what
# changed since install, leaving out paths under shared, writable and generated ones.
compare_release() {
  facts=$hw/releases/$1
  [ -f "$facts/manifest" ] && [ -f "$facts/stat.stage" ] || fail HWS_HOST_STATE "release $1 is not complete on this instance"
  compare_stat=$facts/stat.stage compare_paths=/dev/null
  if [ "$2" = install ]; then
    [ ! -f "$facts/stat.install" ] || compare_stat=$facts/stat.install
    [ ! -f "$facts/paths" ] || compare_paths=$facts/paths
  fi
  compare_lists=$work/compare
  try "making $compare_lists" mkdir "$compare_lists"
  try "reading release $1" walk_into "$root/releases/$1" "$compare_lists/walk"
  : >"$compare_lists/differing"
  compared=$(awk -v "out=$compare_lists" -v "form=$walk_form" -v "against=$2" "$names$compare" part=record "$compare_stat" \
    part=paths "$compare_paths" part=walk "$compare_lists/walk" part=stage "$facts/stat.stage" part=manifest "$facts/manifest") ||
    broken "comparing release $1" ""
  hashed=0
  for compare_want in 1 2 odd links; do
    [ ! -f "$compare_lists/want.$compare_want" ] || hashed=$((hashed + $(wc -l <"$compare_lists/want.$compare_want")))
  done
  hash_lists "$compare_lists" "$root/releases/$1" || fail HWS_HOST_STATE "release $1 changed while it was read"
  awk '{ print "changed " $0 }' "$compare_lists/wrong" | cat "$compare_lists/differing" - | LC_ALL=C sort -u >"$work/differing"
  differing=$(($(wc -l <"$work/differing")))
}
compare='
  function differs(what, name) { if (!under(name, skip)) put("differing", what " " coded(name)) }
  function note(line,   name) { name = name_of(line); was[name] = line; asked[name] = 1 }
  part == "record" {
    if (FNR == 1) { usable = $3 == form; next }
    count++
    if (usable && substr($0, 1, 1) != "~") recorded[$0] = 1
    else note(substr($0, 1, 1) == "~" ? substr($0, 2) : $0)
    next
  }
  part == "paths" { name = raw($2); sub(/\/$/, "", name); skip[name] = 1; next }
  part == "walk" {
    if ($0 in recorded) { delete recorded[$0]; next }
    name = name_of($0)
    have[name] = $0; asked[name] = 1
    next
  }
  part == "stage" {
    if (FNR == 1) { for (line in recorded) note(line); next }
    line = substr($0, 1, 1) == "~" ? substr($0, 2) : $0
    name = name_of(line)
    if (name in asked) staged[name] = line
    next
  }
  { name = raw($5); if (name in asked) fact[name] = $0 }
  END {
    for (name in asked) compare_one(name)
    print count + 0
  }
  function compare_one(name,   k, m, t, f) {
    if (!(name in have)) { differs("missing", name); return }
    if (!(name in was)) { if (against == "install") differs("extra", name); return }
    look_at(was[name])
    k = kind; m = mode; t = target
    look_at(have[name])
    if (kind != k) { differs("type", name); return }
    if (kind == "l") { if (target != t) differs("changed", name); return }
    if (kind == "d" || (have[name] != was[name] && mode != m)) { if (mode != m) differs("mode", name); return }
    if (under(name, skip)) return
    # Other content than the manifest gives was made by install: no digest tells it.
    if (!(name in fact) || was[name] != staged[name]) {
      if (have[name] != was[name]) differs("changed", name)
      return
    }
    split(fact[name], f, " ")
    if (size != f[2]) differs("changed", name)
    else hash(name, f[2], f[4])
  }'

verb_verify() {
  want_id release "$h_release"
  case $h_against in install | stage) ;; *) fail HWS_HOST_REQUEST "a release is compared against install or stage" ;; esac
  check_layout
  state_of "$h_release" || fail HWS_HOST_STATE "release $h_release is not complete on this instance"
  tick verifying
  scratch
  compare_release "$h_release" "$h_against"
  send_data "$work/differing"
  answer "{\"ok\":true,\"paths\":$compared,\"hashed\":$hashed,\"differing\":$differing}"
}
# A folder for lists, outside the root: this verb changes nothing there.
scratch() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/hawser.XXXXXXXX" 2>/dev/null) || {
    work=''
    fail HWS_HOST_FILE "no temporary folder can be made in ${TMPDIR:-/tmp}"
  }
}
