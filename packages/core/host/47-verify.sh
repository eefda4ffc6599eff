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
  compared=$(awk -v "out=$compare_lists" -v "form=$walk_form" -v "against=$2" "$names$compare" part=manifest "$facts/manifest" \
    part=stage "$facts/stat.stage" part=record "$compare_stat" part=paths "$compare_paths" part=walk "$compare_lists/walk") ||
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
  function put(list, text) { print text > (out "/" list) }
  function differs(what, name) { if (!under(name, skip)) put("differing", what " " name) }
  function hash(name, plain, digest, size) {
    if (index(plain, "\001")) list = "odd"
    else if (bytes[1] <= bytes[2]) { list = 1; bytes[1] += size + 4096 }
    else { list = 2; bytes[2] += size + 4096 }
    put("hash." list, "./" plain); put("want." list, digest " " name)
  }
  part == "manifest" { manifest[$5] = $0; next }
  $1 == "hawser-stat" { usable = $3 == form; mark = $4; next }
  part == "stage" { recorded(); staged[name] = head; next }
  part == "record" {
    recorded()
    record[name] = head; if (kind == "l") was[name] = target
    if (!usable || !(($5 "") < (mark ""))) fresh[name] = 1
    next
  }
  part == "paths" { sub(/\/$/, "", $2); skip[$2] = 1; next }
  {
    entry()
    if (!(name in record)) { if (against == "install") differs("extra", name); next }
    met[name] = 1
    split(record[name], r, " "); split(head, h, " ")
    if (kind != r[1]) { differs("type", name); next }
    if (kind == "d") { if (h[2] != r[2]) differs("mode", name); next }
    if (kind == "l") { if (was[name] != coded(target)) differs("changed", name); next }
    if (record[name] == head && !(name in fresh)) next
    if (under(name, skip)) next
    # Other content than the manifest gives was made by install: no digest tells it.
    if (record[name] != staged[name]) {
      if (record[name] != head) differs("changed", name)
      next
    }
    if (h[2] != r[2]) { differs("mode", name); next }
    split(manifest[name], f, " ")
    if (h[3] != f[2]) differs("changed", name)
    else hash(name, plain, f[4], f[2])
  }
  END {
    for (name in record) { count++; if (!(name in met)) differs("missing", name) }
    print count + 0
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
