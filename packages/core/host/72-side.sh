# shellcheck shell=sh
# unpack <bytes of the body or a file> <directory> [<option of tar>]
unpack() {
  case $1 in
    /*) unpack_said=$({ open_form "$h_archive_form" <"$1" | tar -x -o -f - -C "$2" ${3+"$3"}; } 2>&1 || echo "tar ended with $?") ;;
    *) unpack_said=$({ take "$1" 2>/dev/null | { { open_form "$h_archive_form" | tar -x -o -f - -C "$2" ${3+"$3"}; } 2>&1 || echo "tar ended with $?"; cat >/dev/null; }; } 2>&1) ;;
  esac
  sealed_fault "$unpack_said"
  case $unpack_said in
    '') ;;
    *'No space left'* | *'Read-only file'* | *'Permission denied'* | *'quota exceeded'* | *'tar ended with'*)
      broken "unpacking the archive" "$unpack_said" HWS_HOST_DIGEST
      ;;
  esac
}

# unpack_side <bytes of the body or a file> <directory> <where its entries stand: the changes or the manifest>
# Changed files never go straight into a tree that an application could have planted links in.
unpack_side() {
  try "making $2" mkdir "$2"
  [ "$1" != 0 ] || return 0
  unpack "$1" "$2"
  try "looking at what arrived" sort_side "$2" "$2.lists" "$3"
  [ ! -s "$2.lists/alien" ] || fail HWS_HOST_DIGEST "the archive holds what release $h_release does not: $(summary "$2.lists/alien")"
  hash_lists "$2.lists" "$2" && [ ! -s "$2.lists/wrong" ] ||
    fail HWS_HOST_DIGEST "the archive for release $h_release is damaged: $(summary "$2.lists/wrong")"
  try "setting modes and times" set_side "$2" "$2.lists"
}
# What arrived must be in the manifest with its type and size; what is not is alien.
sort_side() {
  mkdir "$2" || return 1
  walk "$1" >"$2/walk" || return 1
  awk -v "out=$2" "$names$side" part=arrived "$work/arrived" part=walk "$2/walk" "part=$3" "$work/$3" >"$2/arrived" &&
    cat "$2/arrived" >>"$work/arrived"
}
side='
  part == "arrived" { arrived[$0] = 1; next }
  part == "walk" { have[name_of($0)] = $0; next }
  part == "change" && $1 == "+" { meet($2, $3, $4, $5, raw($6)) }
  part == "manifest" { meet($1, $2, $3, $4, raw($5)) }
  function meet(want, bytes, time, digest, name) {
    if (!(name in have)) return
    look_at(have[name])
    if (!fits(kind, want) || (kind == "f" && size != bytes)) return
    delete have[name]
    forget_above(name)
    if (kind == "d") return
    if (name in arrived) { put("twice", "./" name); return }
    print name
    if (kind == "l") { hash_link(name, target, digest); return }
    hash(name, bytes, digest)
    if (mode != want) put("mode." want, "./" name)
    if (mtime !~ ("^" time "\\.0*$")) put("times", time " ./" name)
  }
  # The folders that hold an entry are entries too: no manifest is valid without them.
  function forget_above(name) {
    # A string, since busybox reads a backslash into the brackets of a literal that has to escape its slash.
    while (match(name, "/[^/]*$")) {
      name = substr(name, 1, RSTART - 1)
      if (!(name in have)) return
      delete have[name]
    }
  }
  END { for (name in have) put("alien", coded(name)) }'
set_side() { cd "$1" && each "$2/twice" rm -f && set_modes "$2" && set_times "$2"; }
