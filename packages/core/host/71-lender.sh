# shellcheck shell=sh
# What the base lacks and another release of this instance has is copied from there instead of being sent. Nothing of the
# lender is believed: what was copied is hashed like what arrived, and what does not fit counts as if it had never been there.
lendable='
  part == "arrived" { arrived[$0] = 1; next }
  part == "change" { if ($1 == "+" && ($2 == "644" || $2 == "755")) wanted[$6] = $3 " " $5; next }
  part == "base" { if (($5 in wanted) && wanted[$5] == $2 " " $4) delete wanted[$5]; next }
  ($5 in wanted) && wanted[$5] == $2 " " $4 && ($1 == "644" || $1 == "755") {
    name = raw($5)
    if (name in arrived) next
    print $2 " ./" name
  }'
# Of these, the files that are there with their size: their folders and names.
lent='
  part == "sizes" { size_of[substr($0, index($0, " ") + 3)] = $1; next }
  {
    look_at($0)
    name = name_of($0)
    if (kind != "f" || !(name in size_of) || size != size_of[name]) next
    put("files", "./" name)
    if (match(name, "/[^/]*$")) put("folders", "./" substr(name, 1, RSTART - 1))
  }'

# lend_side <directory>: what the lender gives, checked and in the order of the changes; nothing where it fails.
lend_side() {
  [ -n "$h_lender" ] && state_of "$h_lender" && [ "$h_lender" != "$h_base" ] || return 0
  try "making $1" mkdir "$1" "$1.lists" "$1.from"
  cp "$work/arrived" "$1.from/arrived"
  if (copy_lent "$1") 2>/dev/null && rm -rf "$1.lists" && sort_side "$1" "$1.lists" change && [ ! -s "$1.lists/alien" ] &&
    hash_lists "$1.lists" "$1" && [ ! -s "$1.lists/wrong" ] && set_side "$1" "$1.lists"; then return; fi
  cp "$1.from/arrived" "$work/arrived" || broken "reading what arrived" ""
  rm -rf "$1" "$1.lists"
}
copy_lent() {
  awk "$names$lendable" part=arrived "$work/arrived" part=change "$work/change" part=base "$hw/releases/$h_base/manifest" \
    part=lender "$hw/releases/$h_lender/manifest" >"$1.from/sizes" || return 1
  [ -s "$1.from/sizes" ] || return 0
  sed 's/^[0-9]* //' "$1.from/sizes" >"$1.from/names"
  cd "$root/releases/$h_lender" || return 1
  look "$1.from/names" >"$1.from/looked"
  awk -v "out=$1.from" "$names$lent" part=sizes "$1.from/sizes" part=looked "$1.from/looked" || return 1
  [ -f "$1.from/files" ] || return 0
  (cd "$1" && each "$1.from/folders" mkdir -p) || return 1
  # -R: a pipe that took a file's place is copied as one, and refused, where reading it would wait for ever.
  each "$1.from/files" sh -c 'to=$1; shift; for name; do cp -RP "$name" "$to/$name" || exit; done' sh "$1"
}
