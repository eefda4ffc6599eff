# shellcheck shell=sh
verb_forget() {
  case $h_prefix in '' | .*) fail HWS_HOST_REQUEST "the prefix is not one of a key" ;; *[!A-Za-z0-9._-]*) fail HWS_HOST_REQUEST "the prefix is not one of a key" ;; esac
  enter
  forgotten=0
  set +f
  for forget_at in "$hw/commands/$h_prefix"*; do
    [ -d "$forget_at" ] || continue
    if [ ! -f "$forget_at/exit" ] && first_line "$forget_at/pid" && alive "$first"; then continue; fi
    rm -rf "$forget_at"
    forgotten=$((forgotten + 1))
  done
  set -f
  answer "{\"ok\":true,\"removed\":$forgotten}"
}
