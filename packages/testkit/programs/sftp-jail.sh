# An sshd whose users see one folder and nothing else, in a mount namespace of its own.
# Parameters come in the environment: FOLDER (the server's own files) DIRECTORY (what is served) PASSWORD_HASH.
set -eu

# sshd wants a root that nobody else may write to, on the whole way to it.
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir /srv/files
mount --bind "$DIRECTORY" /srv/files

for name in passwd shadow; do cp "/etc/$name" "$FOLDER/$name"; done
echo 'files:x:47110:47110::/files:/bin/sh' >> "$FOLDER/passwd"
echo "files:$PASSWORD_HASH:19000:0:99999:7:::" >> "$FOLDER/shadow"
for name in passwd shadow; do mount --bind "$FOLDER/$name" "/etc/$name"; done

exec /usr/sbin/sshd -D -e -f "$FOLDER/sshd_config"
