# shellcheck shell=sh
# The lock of the instance: flock, whose holder's death frees it, else a directory that holds one file named by the
# holder's pid, boot id and start time. A stale holder's file is removed by its name, so a new holder's never is.
locked=''
if has flock; then
  lock_once() {
    exec 9>>"$hw/lock"
    if flock -n 9; then
      printf '%s\n' "$self" >"$hw/lock"
      locked=flock
    else
      exec 9>&-
      return 1
    fi
  }
else
  lock_once() {
    if [ ! -d "$hw/lock.$self" ]; then
      try "making the lock in $hw" mkdir "$hw/lock.$self"
      try "making the lock in $hw" touch "$hw/lock.$self/$self"
    fi
    rmdir "$hw/lock.d" 2>/dev/null
    if mv -T "$hw/lock.$self" "$hw/lock.d" 2>/dev/null; then
      locked=directory
      return
    fi
    set +f
    for holder in "$hw"/lock.d/*; do
      holder=${holder##*/}
      [ "$holder" = '*' ] || alive "$holder" || rm -f "$hw/lock.d/$holder"
    done
    set -f
    return 1
  }
fi

lock() {
  [ -n "$locked" ] && return
  try "opening the lock in $hw" check_lock_file
  lock_tries=0
  until lock_once; do
    lock_tries=$((lock_tries + 1))
    if [ "$lock_tries" -gt 100 ]; then
      rm -rf "$hw/lock.$self"
      holder=''
      if first_line "$hw/lock"; then holder=$first; else holder=$(ls "$hw/lock.d" 2>/dev/null); fi
      fail HWS_HOST_BUSY "the lock of $root is held by process ${holder%%.*} for more than 20 s"
    fi
    [ $((lock_tries % 20)) -ne 0 ] || echo "note waiting%20for%20the%20lock"
    sleep 0.2 2>/dev/null || sleep 1
  done
}
check_lock_file() { : >>"$hw/lock"; }

unlock() {
  case $locked in
    flock) exec 9>&- ;;
    directory)
      rm -f "$hw/lock.d/$self"
      rmdir "$hw/lock.d" 2>/dev/null
      ;;
  esac
  locked=''
}

# Who may act: inside the lock, before the effect.
fence() {
  lock
  seen=0
  if first_line "$hw/epoch"; then seen=$first; fi
  is_number "$seen" || fail HWS_HOST_STATE "the epoch stored in $hw/epoch is not a number"
  if [ "$h_epoch" -lt "$seen" ]; then
    fail HWS_HOST_FENCED "epoch $h_epoch is over: this instance has seen epoch $seen"
  fi
  [ "$h_epoch" -eq "$seen" ] || store "$hw/epoch" "$h_epoch"
}

# enter: every mutating verb but stage begins with this.
enter() {
  want_number epoch "$h_epoch"
  check_layout
  [ -d "$hw" ] || fail HWS_HOST_STATE "$root holds no deployment"
  fence
}
