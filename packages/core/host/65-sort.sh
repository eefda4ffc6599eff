# shellcheck shell=sh
# What must happen to a tree so that it becomes the new manifest's. Reads the base's manifest and stat record (both may be
# absent), the new manifest, the names that arrived and a walk; writes lists into a folder:
#   remove, remove.dirs, replace   names to delete          dirs     directories to make, parents first
#   hash.*, want.*                 what must be hashed      need     entries that nothing gives
#   mode.755, mode.644, mode.dir, times (mtime, name)       kept     stat and name of each file that stays
# A file is known good without reading when its stat is the recorded one, its ctime older than the record, and the base's
# manifest gives it the digest that the new one wants.
sort_out='
  function put(list, text) { print text > (out "/" list) }
  function hash(name, plain, size, digest) {
    if (index(plain, "\001")) list = "odd"
    else if (bytes[1] <= bytes[2]) { list = 1; bytes[1] += size + 4096 }
    else { list = 2; bytes[2] += size + 4096 }
    put("hash." list, "./" plain)
    put("want." list, digest " " name)
  }
  function hash_link(name, target, digest) {
    gsub("\001", "\n", target)
    printf "%s", target > (out "/link." ++links)
    close(out "/link." links)
    put("hash.links", "./link." links)
    put("want.links", digest " " name)
  }
  part == "base" { based[$5] = $1 == "link" ? "link" $4 : $4; next }
  part == "record" {
    if ($1 == "hawser-stat") { usable = $3 == form; mark = $4; next }
    if (!usable || $1 == "d") next
    recorded()
    if (($5 "") < (mark "")) { record[name] = head; if (kind == "l") was[name] = target }
    next
  }
  part == "new" { fact[$5] = $0; order[++entries] = $5; next }
  part == "arrived" { arrived[$1] = 1; next }
  {
    entry()
    if (gone != "" && index(plain, gone) == 1) { removed++; next }
    if (!(name in fact)) { drop(); next }
    split(fact[name], f, " ")
    if (!fits(kind, f[1])) { drop(); next }
    split(head, h, " ")
    if (kind == "d") {
      seen[name] = 1
      if (h[2] != "755") put("mode.dir", "./" plain)
      next
    }
    if (name in arrived) { put("replace", "./" plain); next }
    seen[name] = 1
    digest = (kind == "l" ? "link" : "") f[4]
    same = (name in record) && record[name] == head && (name in based) && based[name] == digest
    if (kind == "l") {
      if (!same || was[name] != coded(target)) hash_link(name, target, f[4])
    } else {
      if (h[3] != f[2]) { put("need", name); next }
      if (!same) hash(name, plain, f[2], f[4])
      if (h[2] != f[1]) { put("mode." f[1], "./" plain); mine[name] = 1 }
      if (h[4] !~ ("^" f[3] "\\.0*$")) { put("times", f[3] " ./" plain); mine[name] = 1 }
    }
    if (!(name in mine)) put("kept", head " " name)
  }
  function drop() {
    removed++
    if (kind == "d") { put("remove.dirs", "./" plain); gone = plain "/" } else put("remove", "./" plain)
  }
  END {
    for (i = 1; i <= entries && !partial; i++) {
      name = order[i]
      if (name in seen) continue
      if (substr(fact[name], 1, 4) == "dir ") put("dirs", "./" raw(name))
      else if (!(name in arrived)) put("need", name)
    }
    print removed + 0
  }'

# sort_tree <folder> <tree> [<base id>]
sort_tree() {
  rm -rf "$1"
  mkdir "$1" || return 1
  : >"$1/need"
  sort_manifest=/dev/null sort_record=/dev/null
  if [ -n "${3-}" ]; then sort_manifest=$base_facts/manifest sort_record=$base_facts/stat.stage; fi
  [ -f "$sort_record" ] || sort_record=/dev/null
  walk "$2" >"$1/walk" || return 1
  awk -v "out=$1" -v "form=$walk_form" "$names$sort_out" part=base "$sort_manifest" part=record "$sort_record" \
    part=new "$work/manifest" part=arrived "$work/arrived" part=walk "$1/walk" >"$1/removed"
}

# mend_tree <lists> <tree>: makes the tree what the lists say. Nothing of it can be a link that was planted: these are
# removed first, and no other process can reach the tree.
mend_tree() {
  cd "$2" || return 1
  each "$1/remove" rm -f || return 1
  each "$1/remove.dirs" rm -rf || return 1
  each "$1/replace" rm -f || return 1
  each "$1/dirs" mkdir -p || return 1
  set_modes "$1" && set_times "$1"
}
set_modes() {
  each "$1/mode.755" chmod 755 && each "$1/mode.644" chmod 644 && each "$1/mode.dir" chmod 755
}
# One process for each distinct mtime, not for each file.
set_times() {
  [ -s "$1/times" ] || return 0
  LC_ALL=C sort -n -k 1,1 <"$1/times" | awk '
    $1 != last { if (run != "") close(run); last = $1; run = "tr \"\\n\\001\" \"\\0\\n\" | xargs -0 touch -c -d @" $1 }
    { print substr($0, length($1) + 2) | run }
    END { if (run != "") exit close(run) }'
}
