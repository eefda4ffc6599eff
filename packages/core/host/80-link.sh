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
  store "$hw/releases/$h_release/paths" "$link_body"
  while read -r link_what link_name; do
    [ -n "$link_what" ] || continue
    link_folder=''
    case $link_name in */) link_folder=yes link_name=${link_name%/} ;; esac
    plain_name "$link_name" || fail HWS_HOST_REQUEST "a path leaves the release: $link_name"
    ! crooked "$link_tree" "$plain_name" || fail HWS_HOST_REQUEST "a path goes through a link or file of release $h_release: $link_name"
    case $link_what in
      shared) link_shared ;;
      writable)
        [ ! -L "$link_tree/$plain_name" ] || fail HWS_HOST_REQUEST "a writable path is a link in release $h_release: $link_name"
        try "making $plain_name" mkdir -p "$link_tree/$plain_name"
        ;;
      generated) ;;
      *) fail HWS_HOST_REQUEST "a line is none of shared, writable, generated" ;;
    esac
  done <<EOF
$link_body
EOF
  sync_paths "$link_tree"
  answer '{"ok":true}'
}

link_shared() {
  ! crooked "$root/shared" "$plain_name" || fail HWS_HOST_LAYOUT "a part of $root/shared/$plain_name is a link or file"
  link_up=$(parent_of "$plain_name")
  link_up=${link_up%.}
  try "making $root/shared/$link_up" mkdir -p "$root/shared/$link_up" "$link_tree/$link_up"
  link_own=$link_tree/$plain_name
  if [ ! -e "$root/shared/$plain_name" ] && [ ! -L "$root/shared/$plain_name" ]; then
    if [ ! -L "$link_own" ] && [ -e "$link_own" ] && [ -z "$link_folder" ]; then
      try "moving $plain_name to shared" move "$link_own" "$root/shared/$plain_name"
    else
      try "making $root/shared/$plain_name" mkdir -p "$root/shared/$plain_name"
    fi
  fi
  link_dots='' link_left=$plain_name/
  while [ -n "$link_left" ]; do
    link_dots=../$link_dots link_left=${link_left#*/}
  done
  link_to=${link_dots}../shared/$plain_name
  if [ -L "$link_own" ] && [ "$(readlink "$link_own")" = "$link_to" ]; then return; fi
  try "clearing $plain_name" rm -rf "$link_own"
  try "linking $plain_name" ln -s "$link_to" "$link_own"
}
