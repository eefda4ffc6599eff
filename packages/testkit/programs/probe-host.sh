# A host program whose verbs show what a transport does to what it carries. The boot command sets root, digest, text,
# sent and keep.
if [ "$sent$keep" = yeskeep ]; then
  mkdir -p "$root/.hawser/host"
  printf %s "$text" >"$root/.hawser/host/$digest"
fi

# Exactly so many bytes of standard input.
take() {
  if [ "$1" -ge 65536 ]; then dd bs=65536 count=$(($1 / 65536)) iflag=fullblock 2>/dev/null; fi
  if [ $(($1 % 65536)) -gt 0 ]; then dd bs=$(($1 % 65536)) count=1 iflag=fullblock 2>/dev/null; fi
}

while :; do
  verb='' body=0 headers=''
  while IFS= read -r line && [ -n "$line" ]; do
    case $line in
      'verb: '*) verb=${line#verb: } ;;
      'body: '*) body=${line#body: } ;;
      *) headers="$headers$line;" ;;
    esac
  done
  case $verb in
    '') exit ;;
    headers)
      printf 'data %s\n%s' "${#headers}" "$headers"
      echo '{"ok":true}'
      ;;
    echo)
      echo "data $body"
      take "$body"
      echo '{"ok":true}'
      ;;
    output)
      echo "out $body"
      take "$body"
      echo '{"ok":true}'
      ;;
    digest) printf '{"ok":true,"digest":"%s"}\n' "$(take "$body" | sum | cut -c 1-64)" ;;
    facts) printf '{"ok":true,"sent":"%s","pid":%s}\n' "$sent" "$$" ;;
    leave)
      echo "told before the end" >&2
      exit 3
      ;;
    wait)
      echo "note waiting"
      sleep 600
      ;;
  esac
done
