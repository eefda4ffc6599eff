# shellcheck shell=sh
# The whole new manifest, from itself or from the base's and a delta, both sorted by the bytes of the raw name.
apply_delta='
  function unswapped(name) { name = raw(name); gsub("\001", "\n", name); return name }
  part == "delta" {
    if ($1 == "-") { dropped[$2] = 1; next }
    if ($1 != "+" || NF != 6) { bad = 1; exit }
    count++
    line[count] = substr($0, 3); order[count] = unswapped($6) ""; dropped[$6] = 1
    next
  }
  {
    if (at < count) {
      here = unswapped($5) ""
      while (at < count && order[at + 1] < here) print line[++at]
    }
    if (!($5 in dropped)) print
  }
  END { while (at < count) print line[++at]; exit bad }'

# Every line in the grammar, every parent a directory that came before: no name can leave the tree or go through a link.
check_manifest='
  function refuse(why) { print why ", line " NR; bad = 1; exit }
  NF != 5 || $0 != $1 " " $2 " " $3 " " $4 " " $5 { refuse("not five fields") }
  $2 !~ /^[0-9]+$/ || $3 !~ /^[0-9]+$/ { refuse("not a number") }
  $1 == "dir" { if ($4 != "-") refuse("a directory with a digest") }
  $1 != "dir" { if ($1 !~ /^(755|644|link)$/ || length($4) != 64 || $4 ~ /[^0-9a-f]/) refuse("not a mode or digest") }
  $5 ~ /[^!-~]/ || $5 ~ /%$|%.$|%00|%01|%2[fF]/ || $5 ~ /^\/|\/$|\/\// || ("/" $5 "/") ~ /\/\.\.?\// { refuse("not a name") }
  $5 ~ /%/ && ("/" raw($5) "/") ~ /\/\.\.?\// { refuse("not a name") }
  {
    for (i = length($5); i > 0 && substr($5, i, 1) != "/"; i--) { }
    if (i && !(substr($5, 1, i - 1) in dir)) refuse("no directory entry before it")
    if ($5 in seen) refuse("a name twice")
    seen[$5] = 1
    if ($1 == "dir") dir[$5] = 1
  }
  END { exit bad }'

# read_manifest: the body's part into $work/manifest.
read_manifest() {
  spend "$h_manifest"
  case $h_manifest_form in
    full)
      try "receiving the manifest" take_gzip "$h_manifest" "$work/manifest"
      ;;
    delta)
      try "receiving the manifest" take_gzip "$h_manifest" "$work/delta"
      [ -f "$hw/releases/$h_base/manifest" ] || fail HWS_HOST_BASE_CHANGED "release $h_base is not on this instance"
      try "writing the manifest" merge_manifest
      ;;
    *) fail HWS_HOST_REQUEST "the manifest's form is neither full nor delta" ;;
  esac
  manifest_digest=$(digest_of "$work/manifest")
  if [ "sha256-$manifest_digest" != "$r_manifest" ]; then
    [ "$h_manifest_form" = full ] || fail HWS_HOST_BASE_CHANGED "the manifest of release $h_base is not the one that was believed"
    fail HWS_HOST_DIGEST "the manifest that arrived has not the digest of release $h_release's record"
  fi
  manifest_fault=$(awk "$names$check_manifest" "$work/manifest") ||
    fail HWS_HOST_DIGEST "the manifest of release $h_release is not valid: $manifest_fault"
}
take_gzip() {
  take "$1" >"$2.gz" || return 1
  gzip -dc <"$2.gz" >"$2"
}
merge_manifest() {
  awk "$names$apply_delta" part=delta "$work/delta" part=base "$hw/releases/$h_base/manifest" >"$work/manifest"
}
