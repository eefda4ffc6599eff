# shellcheck shell=sh
# Every line in the grammar, every parent a directory that came before: no name can leave the tree or go through a link.
manifest_line='
  function refuse(why) { print why ", line " NR > faults; bad = 1; exit }
  function check(mode, size, mtime, digest, name) {
    if (size !~ /^[0-9]+$/ || mtime !~ /^[0-9]+$/) refuse("not a number")
    if (mode == "dir") { if (digest != "-") refuse("a directory with a digest") }
    else if (mode !~ /^(755|644|link)$/ || length(digest) != 64 || digest ~ /[^0-9a-f]/) refuse("not a mode or digest")
    if (name ~ /[^!-~]/ || name ~ /%$|%.$|%00|%01|%2[fF]/ || ("/" raw(name) "/") ~ /\/\.?\.?\//) refuse("not a name")
  }
  function parent(name) { return match(name, "/[^/]*$") ? substr(name, 1, RSTART - 1) : "" }'
check_manifest='
  NF != 5 { refuse("not five fields") }
  {
    check($1, $2, $3, $4, $5)
    up = parent($5)
    if (up != "" && !(up in dir)) refuse("no directory entry before it")
    if ($5 in seen) refuse("a name twice")
    seen[$5] = 1
    if ($1 == "dir") dir[$5] = 1
  }'
# The whole new manifest from the base's and a delta, both sorted by the bytes of the raw name. The base was checked when
# it came, so that only what the delta touches is checked here.
apply_delta='
  function unswapped(name) {
    if (!index(name, "%")) return name
    name = raw(name)
    gsub("\001", "\n", name)
    return name
  }
  function give(text, mode, name,   up) {
    if (mode == "dir") { delete above[name]; delete gone[name] }
    up = parent(name)
    if (up in gone) refuse("in what is no directory")
    print text
  }
  function give_next() { at++; give(line[at], line_mode[at], line_name[at]) }
  part == "delta" {
    if ($1 == "-" && NF == 2) { gone[$2] = 1; dropped[$2] = 1; next }
    if ($1 != "+" || NF != 6) refuse("not a line of a delta")
    check($2, $3, $4, $5, $6)
    count++
    line[count] = substr($0, 3); line_mode[count] = $2; line_name[count] = $6; order[count] = unswapped($6) ""
    dropped[$6] = 1
    if ($2 != "dir") gone[$6] = 1
    if ((up = parent($6)) != "") above[up] = 1
    next
  }
  {
    if (at < count) {
      here = unswapped($5) ""
      while (at < count && order[at + 1] < here) give_next()
    }
    if (!($5 in dropped)) give($0, $1, $5)
  }
  END {
    while (!bad && at < count) give_next()
    if (!bad) for (up in above) { print "no directory entry " up > faults; exit }
  }'

# read_manifest: the body's part into $work/manifest.
read_manifest() {
  spend "$h_manifest"
  case $h_manifest_form in
    full | plain | sealed)
      [ "$h_method" = full ] || [ -f "$hw/releases/$h_base/manifest" ] || fail HWS_HOST_BASE_CHANGED "release $h_base is not on this instance"
      case $h_manifest_form in
        full) try "receiving the manifest" take_gzip "$h_manifest" "$work/manifest" ;;
        plain) try "receiving the manifest" take_file "$h_manifest" "$work/manifest" ;;
        sealed) take_sealed "$h_manifest" "$work/manifest" ;;
      esac
      try "checking the manifest" awk -v "faults=$work/fault" "$names$manifest_line$check_manifest" "$work/manifest"
      try "comparing manifests" manifest_changes
      ;;
    delta)
      try "receiving the manifest" take_gzip "$h_manifest" "$work/change"
      [ -f "$hw/releases/$h_base/manifest" ] || fail HWS_HOST_BASE_CHANGED "release $h_base is not on this instance"
      try "writing the manifest" merge_manifest
      ;;
    *) fail HWS_HOST_REQUEST "the manifest's form is none of full, plain, sealed, delta" ;;
  esac
  manifest_digest=$(digest_of "$work/manifest")
  if [ "sha256-$manifest_digest" != "$r_manifest" ]; then
    [ "$h_manifest_form" != delta ] || fail HWS_HOST_BASE_CHANGED "the manifest of release $h_base is not the one that was believed"
    fail HWS_HOST_DIGEST "the manifest that arrived has not the digest of release $h_release's record"
  fi
  first_line "$work/fault" || return 0
  fail HWS_HOST_DIGEST "the manifest of release $h_release is not valid: $first"
}
# A whole manifest as changes of the base's, or of none.
manifest_changes() {
  if [ "$h_method" = full ]; then
    sed 's/^/+ /' "$work/manifest" >"$work/change"
  else
    awk 'part == "base" { base[$0] = 1; next }
      $0 in base { delete base[$0]; next }
      { print "+ " $0; added[$5] = 1 }
      END { for (line in base) { split(line, f, " "); if (!(f[5] in added)) print "- " f[5] } }' \
      part=base "$hw/releases/$h_base/manifest" part=new "$work/manifest" >"$work/change"
  fi
}
take_gzip() {
  take "$1" >"$2.gz" || return 1
  gzip -dc <"$2.gz" >"$2"
}
merge_manifest() {
  awk -v "faults=$work/fault" "$names$manifest_line$apply_delta" part=delta "$work/change" part=base "$hw/releases/$h_base/manifest" >"$work/manifest"
}
