# shellcheck shell=sh
verb_prune() {
  want_number body "$body_left"
  prune_length=$body_left
  spend "$prune_length"
  prune_keep=$(take "$prune_length" 2>/dev/null | tr '\n' ' ')
  for kept_id in $prune_keep; do want_id "line of the body" "$kept_id"; done
  enter
  tick pruning
  look_current
  first_line "$hw/previous"
  prune_keep=" $prune_keep $current_at $first "
  pruned=''
  set +f
  for prune_at in "$root"/releases/*; do
    set -f
    prune_id=${prune_at##*/}
    is_id "$prune_id" && [ -d "$hw/releases/$prune_id" ] || continue
    case $prune_keep in *" $prune_id "*) continue ;; esac
    ! inhabited "$prune_at" || continue
    rm -f "$hw/releases/$prune_id/state"
    clear_owned "$prune_id"
    try "removing release $prune_id" move "$prune_at" "$hw/trash/$prune_id.$self"
    rm -rf "$hw/releases/$prune_id"
    pruned="$pruned$prune_id
"
  done
  set +f
  for prune_at in "$hw"/releases/*; do
    prune_id=${prune_at##*/}
    [ -d "$root/releases/$prune_id" ] || rm -rf "$prune_at"
  done
  set -f
  sweep_staging
  unlock
  # Deleting takes long; nobody needs to wait for the lock meanwhile.
  set +f
  rm -rf "$hw"/trash/*
  set -f
  if [ -n "$pruned" ]; then printf 'data %s\n%s' "${#pruned}" "$pruned"; fi
  answer "{\"ok\":true,\"removed\":$(printf %s "$pruned" | wc -l | tr -d ' ')}"
}
