/**
 * awk that puts `docBase` and the release into the context that the application brings, or into an empty one. Comments go
 * first, since one may hold the word that is looked for. It reads `DOC_BASE` and `HAWSER_RELEASE`, and is put between single quotes.
 */
export const contextText = `{ text = text $0 "\\n" }
END {
  while (match(text, /<!--/)) {
    rest = substr(text, RSTART + 4)
    if (!(close_at = index(rest, "-->"))) refuse("has a comment without an end")
    text = substr(text, 1, RSTART - 1) substr(rest, close_at + 3)
  }
  if (!match(text, /<Context[ \\t\\r\\n\\/>]/)) refuse("has no Context")
  before = substr(text, 1, RSTART + 7)
  rest = substr(text, RSTART + 8)
  for (i = 1; i <= length(rest); i++) {
    c = substr(rest, i, 1)
    if (quote != "") { if (c == quote) quote = "" }
    else if (c == "\\"" || c == "\\047") quote = c
    else if (c == ">") break
  }
  attributes = substr(rest, 1, i - 1)
  if (attributes ~ /(^|[ \\t\\r\\n])(docBase|path)[ \\t\\r\\n]*=/) refuse("sets docBase or path, which are the release\\047s")
  rest = substr(rest, i + 1)
  if (attributes ~ /\\/$/) { attributes = substr(attributes, 1, length(attributes) - 1); rest = "</Context>" rest }
  printf "%s docBase=\\"%s\\"%s>", before, ENVIRON["DOC_BASE"], attributes
  printf "<Parameter name=\\"hawser.release\\" value=\\"%s\\" override=\\"false\\"/>%s", ENVIRON["HAWSER_RELEASE"], rest
}
function refuse(why) { print "webapp/META-INF/context.xml " why > "/dev/stderr"; exit 1 }`;
