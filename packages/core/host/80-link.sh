# shellcheck shell=sh
# A name of the body as bytes; refused when it could leave the release.
plain_name() {
  plain_name=$(decoded "$1.") || return 1
  plain_name=${plain_name%.}
  case $plain_name in '' | /* | */../* | ../* | */.. | .. | ./* | */./* | */. | . | *//*) return 1 ;; esac
}
# True when a part of the path before its last is a link or a file.
crooked() {
  crooked_at=$1 crooked_rest=$2
  while :; do
    case $crooked_rest in */*) ;; *) return 1 ;; esac
    crooked_at=$crooked_at/${crooked_rest%%/*} crooked_rest=${crooked_rest#*/}
    if [ -L "$crooked_at" ]; then return 0; fi
    if [ -e "$crooked_at" ] && [ ! -d "$crooked_at" ]; then return 0; fi
  done
}
parent_of() { case $1 in */*) printf '%s.' "${1%/*}" ;; *) printf '..' ;; esac; }

verb_link() {
  want_id release "$h_release"
  want_number body "$body_left"
  link_length=$body_left
  spend "$link_length"
  link_body=$(take "$link_length" 2>/dev/null)
  enter
  state_of "$h_release" || fail HWS_HOST_STATE "release $h_release is not complete on this instance"
  link_tree=$root/releases/$h_release
  store "$hw/releases/$h_release/state" installing
  store "$hw/releases/$h_release/paths" "$(printf '%s\n' "$link_body" | grep -E '^(shared|writable|generated) ')"
  while read -r link_what link_name; do
    case $link_what in '' | path-owner | path-group | path-mode | path-adopt) continue ;; esac
    link_folder=''
    case $link_name in */) link_folder=yes link_name=${link_name%/} ;; esac
    plain_name "$link_name" || fail HWS_HOST_REQUEST "a path leaves the release: $link_name"
    ! crooked "$link_tree" "$plain_name" || fail HWS_HOST_REQUEST "a path goes through a link or file of release $h_release: $link_name"
    link_own=$link_tree/$plain_name
    case $link_what in
      shared) link_shared ;;
      writable) link_writable ;;
      generated) ;;
      *) fail HWS_HOST_REQUEST "a line is none of shared, writable, generated, path-owner, path-group, path-mode, path-adopt" ;;
    esac
  done <<EOF
$link_body
EOF
  sync_paths "$link_tree"
  answer '{"ok":true}'
}

# What is there in the release is its own in each, so that the directory is handed over in each.
link_writable() {
  [ ! -L "$link_own" ] || fail HWS_HOST_REQUEST "a writable path is a link in release $h_release: $link_name"
  kind_of "$link_own"
  [ "$kind" != file ] || fail HWS_HOST_PATH_TYPE "release $h_release has a file at $plain_name, and a writable path is a directory"
  try "making $plain_name" mkdir -p "$link_own"
  path_words
  # Handed over by an earlier try: it is no longer ours to change.
  [ -O "$link_own" ] || [ "$(id -u)" = 0 ] || return 0
  try "recording release $h_release" note_handed_over "$h_release"
  hand_over "$link_own"
}

link_shared() {
  link_common=$root/shared/$plain_name
  ! crooked "$root/shared" "$plain_name" || fail HWS_HOST_LAYOUT "a part of $link_common is a link or file"
  link_kinds
  link_up=$(parent_of "$plain_name")
  link_up=${link_up%.}
  try "making $root/shared/$link_up" mkdir -p "$root/shared/$link_up" "$link_tree/$link_up"
  link_fill
  link_dots='' link_left=$plain_name/
  while [ -n "$link_left" ]; do
    link_dots=../$link_dots link_left=${link_left#*/}
  done
  link_to=${link_dots}../shared/$plain_name
  if [ -L "$link_own" ] && [ "$(readlink "$link_own")" = "$link_to" ]; then return; fi
  try "clearing $plain_name" rm -rf "$link_own"
  try "linking $plain_name" ln -s "$link_to" "$link_own"
}
# What the release has must be of the kind of what is shared. A link in the release gives way to ours.
link_kinds() {
  kind_of "$link_common"
  common_kind=$kind
  kind=none
  [ -L "$link_own" ] || kind_of "$link_own"
  own_kind=$kind
  if [ -n "$link_folder" ]; then
    [ "$common_kind" != file ] || fail HWS_HOST_PATH_TYPE "$link_common is a file, and \`shared\` names a directory there"
    [ "$own_kind" != file ] || fail HWS_HOST_PATH_TYPE "release $h_release has a file at $plain_name, and \`shared\` names a directory there"
  fi
  case $common_kind.$own_kind in
    file.directory | directory.file) fail HWS_HOST_PATH_TYPE "$link_common is a $common_kind, and release $h_release has a $own_kind there" ;;
  esac
}
# The first use of a shared path. One that was cut off before it was handed over is handed over now.
link_fill() {
  path_words
  if [ "$common_kind" = none ] && [ ! -L "$link_common" ]; then
    store "$hw/making" "$link_name"
    make_shared
  else
    first_line "$hw/making" && [ "$first" = "$link_name" ] || return 0
  fi
  hand_over "$link_common"
  rm -f "$hw/making"
}
make_shared() {
  if [ "$own_kind" = directory ] && ! holds_anything "$link_own"; then own_kind=none; fi
  case $own_kind.$path_adopt in
    none.* | directory.no) try "making $link_common" mkdir "$link_common" ;;
    file.no) try "making $link_common" touch "$link_common" ;;
    *.yes) try "moving $plain_name to shared" move "$link_own" "$link_common" ;;
    *) fail HWS_HOST_SHARED_FIRST "release $h_release has a $own_kind at $plain_name, and nothing is shared there yet" ;;
  esac
}
# Beyond what keeps a directory in a source.
holds_anything() {
  # shellcheck disable=SC2010,SC2012
  ls -A "$1" | grep -q -v -x -F -e .gitkeep -e .gitignore -e .keep
}
