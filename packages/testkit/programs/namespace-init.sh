# Process 1 of a machine made of namespaces: lays out its files, then reaps what dies in it.
# Parameters come in the environment: NAME ROOT DISK BOOT_ID SIZE INODES READ_ONLY SHELL_NAME APPLETS WITHOUT.
set -eu

hostname "$NAME"
mount -t tmpfs -o mode=755 tmpfs "$(dirname "$ROOT")"
mkdir "$ROOT"
if [ -n "$SIZE$INODES" ]; then
  mount -t tmpfs -o "mode=755,size=${SIZE:-1g},nr_inodes=${INODES:-1000000}" tmpfs "$ROOT"
else
  mount --bind "$DISK" "$ROOT"
fi
if [ -n "$READ_ONLY" ]; then mount -o remount,bind,ro "$ROOT"; fi
mount --bind "$BOOT_ID" /proc/sys/kernel/random/boot_id
mkdir -p /run/sshd
# No name server can be reached from here: a question for a name fails at once, not after a long wait.
if [ -e /etc/resolv.conf ]; then mount --bind /dev/null /etc/resolv.conf; fi

sed "s#^\(root:.*:\)[^:]*\$#\1/bin/sh#" /etc/passwd > "$APPLETS.passwd"
mount --bind "$APPLETS.passwd" /etc/passwd
if [ "$SHELL_NAME" = busybox ]; then
  rm -rf "$APPLETS"
  mkdir "$APPLETS"
  busybox --install -s "$APPLETS"
fi
for tool in $WITHOUT; do
  for directory in /usr/local/bin /usr/bin /bin /usr/sbin /sbin; do
    # A file that nobody may execute is no command, for the shell as for `command -v`.
    if [ -e "$directory/$tool" ]; then mount --bind /dev/null "$directory/$tool"; fi
  done
  rm -f "$APPLETS/$tool"
done
case $SHELL_NAME in dash) ;; *) mount --bind "$(command -v "$SHELL_NAME")" "$(readlink -f /bin/sh)" ;; esac

echo ready
exec >/dev/null 2>&1
while :; do
  sleep 3600 &
  wait
done
