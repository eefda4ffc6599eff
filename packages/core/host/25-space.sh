# shellcheck shell=sh
# The nearest folder of the root that exists.
nearest() {
  near=$root
  while [ ! -d "$near" ]; do
    near=${near%/*}
    [ -n "$near" ] || near=/
  done
}
# -1 where it is unknown.
free_space() {
  nearest
  free_bytes=$(df -Pk "$near" 2>/dev/null | awk 'NR > 1 && $4 ~ /^[0-9]+$/ { printf "%.0f\n", $4 * 1024; exit }')
  free_inodes=$(df -Pi "$near" 2>/dev/null | awk 'NR > 1 { print ($2 ~ /^[0-9]+$/ && $2 > 0 && $4 ~ /^[0-9]+$/) ? $4 : -1; exit }')
  is_number "$free_bytes" || free_bytes=-1
  is_number "$free_inodes" || free_inodes=-1
}
