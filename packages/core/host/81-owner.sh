# shellcheck shell=sh
# Whose a shared or writable path is.

# Into `kind`, of what a link leads to.
kind_of() {
  kind=none
  if [ -d "$1" ]; then kind=directory; elif [ -e "$1" ]; then kind=file; fi
}

# What the request says of the path in hand, into path_owner, path_group, path_mode and path_adopt.
path_words() {
  path_owner='' path_group='' path_mode='' path_adopt=''
  case $link_body in *path-*) ;; *) return 0 ;; esac
  while read -r path_what path_value path_name; do
    [ "${path_name%/}" = "$link_name" ] || continue
    case $path_what in
      path-owner) path_owner=$path_value ;;
      path-group) path_group=$path_value ;;
      path-mode) path_mode=$path_value ;;
      path-adopt) path_adopt=$path_value ;;
    esac
  done <<EOF
$link_body
EOF
  for path_value in "$path_owner" "$path_group"; do
    case $path_value in -* | *[!A-Za-z0-9._-]*) fail HWS_HOST_REQUEST "the owner or group of $link_name is not a name" ;; esac
  done
  case $path_mode in '' | [0-7][0-7][0-7] | [0-7][0-7][0-7][0-7]) ;; *) fail HWS_HOST_REQUEST "the mode of $link_name is not octal" ;; esac
  case $path_adopt in '' | yes | no) ;; *) fail HWS_HOST_REQUEST "path-adopt of $link_name is neither yes nor no" ;; esac
}

# hand_over <path>: the owner last, since it is no longer ours to change then.
hand_over() {
  [ -z "$path_group" ] || chgrp -hR "$path_group" "$1" 2>/dev/null ||
    fail HWS_HOST_PERMISSION "$(id -un) may not give $1 to the group $path_group: it is no member of it, or there is none"
  [ -z "$path_mode" ] || try "setting the mode of $1" chmod "$path_mode" "$1"
  [ -n "$path_owner" ] && [ "$path_owner" != "$(id -un)" ] || return 0
  id -u "$path_owner" >/dev/null 2>&1 || fail HWS_HOST_REQUEST "there is no user $path_owner on this instance"
  change_owner "$1" || fail HWS_HOST_PERMISSION "$(id -un) may not give $1 to $path_owner"
}
change_owner() {
  if [ "$(id -u)" = 0 ]; then chown -hR "$path_owner" "$1"; else sudo -n chown -hR "$path_owner" "$1"; fi >/dev/null 2>&1 </dev/null
}

# note_handed_over <release>: a path in it that is no longer as it was staged, with its owner, or `-` when it still is ours.
note_handed_over() {
  [ -n "$path_owner$path_group$path_mode" ] || return 0
  printf '%s %s\n' "${path_owner:--}" "$link_name" >>"$hw/releases/$1/owned"
}
# others_own <release>: directories of it are another user's, who alone may remove what is in them.
others_own() { [ "$(id -u)" != 0 ] && grep -q -v -E "^(-|$(id -un)) " "$hw/releases/$1/owned" 2>/dev/null; }
# clear_owned <release>: before it moves to where its users cannot reach what is theirs.
clear_owned() {
  others_own "$1" || return 0
  while read -r owned_by owned_name; do
    [ "$owned_by" != - ] && plain_name "$owned_name" || continue
    sudo -n -u "$owned_by" -- sh -c 'cd -P "$1" && rm -rf ./* ./.[!.]* ./..?*' sh "$root/releases/$1/$plain_name" >/dev/null 2>&1 </dev/null || :
  done <"$hw/releases/$1/owned"
}
# take_back <release's facts> <tree>: a release that is made of another begins as ours.
take_back() {
  [ -f "$1/owned" ] || return 0
  if [ "$(id -u)" = 0 ]; then find "$2" ! -user 0 -exec chown -h 0 '{}' ';' || return 1; fi
  while read -r owned_by owned_name; do
    plain_name "$owned_name" && ! crooked "$2" "$plain_name" && [ ! -L "$2/$plain_name" ] || continue
    [ ! -d "$2/$plain_name" ] || { chgrp "$(id -g)" "$2/$plain_name" && chmod ug-s,o-t "$2/$plain_name"; } || return 1
  done <"$1/owned"
}
