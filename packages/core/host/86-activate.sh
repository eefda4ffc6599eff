# shellcheck shell=sh
verb_activate() {
  case $h_release in
    none) activate_target='' ;;
    foreign)
      activate_target=$(decoded "$h_target") || fail HWS_HOST_REQUEST "the target is not a path"
      [ -n "$activate_target" ] || fail HWS_HOST_REQUEST "a foreign activation needs a target"
      ;;
    *)
      want_id release "$h_release"
      activate_target=releases/$h_release
      ;;
  esac
  enter
  if [ "$h_release" != none ] && [ "$h_release" != foreign ]; then
    state_of "$h_release"
    [ "$state" = installed ] || fail HWS_HOST_STATE "release $h_release is not installed on this instance (${state:-absent})"
  fi
  look_current
  before=''
  case $current_kind in release) before=$current_at ;; foreign) before="foreign $current_at" ;; esac
  case $h_release in none) after='' ;; foreign) after="foreign $activate_target" ;; *) after=$h_release ;; esac
  if [ "$before" = "$after" ]; then
    first_line "$hw/previous"
    answer "{\"ok\":true,\"changed\":false,\"previous\":$(json_or_null "$first")}"
  fi
  if [ -n "$before" ]; then store "$hw/previous" "$before"; else rm -f "$hw/previous"; fi
  if [ -n "$activate_target" ]; then
    rm -f "$hw/current.new"
    try "making the link" ln -s "$activate_target" "$hw/current.new"
    try "switching $root/current" move "$hw/current.new" "$root/current"
  else
    try "removing $root/current" rm -f "$root/current"
  fi
  sync_paths "$root"
  [ "$(readlink "$root/current")" = "$activate_target" ] || fail HWS_HOST_STATE "$root/current was changed by something else"
  answer "{\"ok\":true,\"changed\":true,\"previous\":$(json_or_null "$before")}"
}
