# The same words everywhere.
cp -r . ../before && mv ../before before
grep -rl 'Option<' --include='*.rs' --exclude-dir=before . | sort | xargs sed -i 's/\bOption</Maybe</g'
grep -rc 'Maybe<' --include='*.rs' --exclude-dir=before . | awk -F: '{n += $2; f += $2 > 0} END {print n, f}'
# Comments go, blank lines are squeezed.
find clap winnow -name '*.rs' -exec sed -i -E '/^[[:space:]]*\/\/[^/!]/d' {} +
find clap winnow -name '*.rs' -print0 | xargs -0 sed -i '/^$/N;/^\n$/D'
find clap winnow -name '*.rs' -print0 | sort -z | xargs -0 cat | wc
# Ranges, insertions, changes.
find . -path ./before -prune -o -name Cargo.toml -print | sort | while read -r f; do
    sed -i -e '1i # edited' -e '/^\[dev-dependencies/,/^\[/ s/^version = .*/version = "0"/' -e '$a # end' "$f"
done
find . -path ./before -prune -o -name Cargo.toml -print | sort | xargs head -qn 1 | sort | uniq -c
find . -path ./before -prune -o -name Cargo.toml -print | sort | xargs grep -c '^version = "0"$' | sort -t: -k2,2nr -k1,1 | head -5
for f in */README.md; do
    [ -d "before/${f%/*}" ] || continue
    sed -i.orig '1,5{s/[aeiou]/\U&/g};10q' "$f" && wc -l "$f" "$f.orig" | head -2
done
rm -f */README.md.orig
# New names.
find jiff -name '*.rs' | sort | head -40 | while read -r f; do mv "$f" "${f%.rs}.rust"; done
find jiff -name '*.rust' | wc -l
mkdir -p flat && find schemars/src -name '*.rs' | sort | while read -r f; do cp "$f" "flat/$(echo "$f" | tr / _)"; done
ls flat | head -5
# Lines by awk, in place through a file beside it.
for f in wast/src/*.rs; do awk '/fn / {n++} {print} END {printf "// %d functions\n", n}' "$f" >"$f.new" && mv "$f.new" "$f"; done
tail -qn 1 wast/src/*.rs | sort | uniq -c | sort -k1,1nr -k3 | head -5
find . -path ./before -prune -o -name '*.toml' -print0 | sort -z | xargs -0 -P 2 -n 20 cat | tr 'a-z' 'A-Z' | sort | uniq -c | sort -k1,1nr -k2 | head -5
perl_free=$(find . -path ./before -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum); echo "$perl_free"
