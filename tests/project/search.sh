# What is there?
find . -type f | wc -l
find . -type d | sort | head -20
find . -type f | sed 's/.*\.//' | sort | uniq -c | sort -k1,1nr -k2 | head -12
find . -name Cargo.toml | sort | xargs grep -h '^name = ' | sort | uniq -c | sort -k1,1nr -k3 | head
find . -type f -name '*.rs' -print0 | xargs -0 cat | wc
find . -type f -size +64k -printf '%s %p\n' | sort -k1,1nr -k2 | head -5
find . -name '*.rs' -path '*/tests/*' | awk -F/ '{n[$2]++} END {for (c in n) print n[c], c}' | sort -k1,1nr -k2
find . -empty | sort
find . -name '*.md' ! -path '*/tests/*' -exec wc -l {} + | sort -k1,1nr -k2 | head -8
# Who says what?
grep -rn 'TODO' --include='*.rs' . | sort | cut -c1-100 | head -15
grep -rl 'unsafe' --include='*.rs' . | cut -d/ -f2 | sort | uniq -c
grep -rhoE 'pub (fn|struct|enum|trait|mod) ' --include='*.rs' . | sort | uniq -c | sort -rn
grep -rc '^use ' --include='lib.rs' . | sort -t: -k2,2nr -k1,1 | head -8
grep -rnw 'panic!' --include='*.rs' . | wc -l
grep -rhoP '(?<=version = ")[0-9.]+(?=")' --include=Cargo.toml . | sort -V | uniq -c | tail -8
grep -rL 'license' --include='Cargo.toml' . | sort
grep -rlZ 'async fn' --include='*.rs' . | xargs -0 -n1 dirname | sort | uniq -c | sort -k1,1nr -k2 | head -5
grep -rn -B1 -A2 'fn main()' --include='build.rs' . | sort | head -20
# How long, how deep, how often?
find . -name '*.rs' | awk -F/ '{d[NF]++} END {for (i in d) print i, d[i]}' | sort -n
find . -name '*.rs' -print0 | sort -z | xargs -0 awk 'NF > m {m = NF; f = FILENAME} END {print m, f}'
find . -name '*.rs' -print0 | sort -z | xargs -0 cat | tr -cs 'A-Za-z_' '\n' | sort | uniq -c | sort -k1,1nr -k2 | head -15
find . -name '*.rs' | sort | while read -r f; do echo "$(wc -l <"$f") $f"; done | sort -k1,1nr -k2 | head -5
find . -name '*.rs' -print0 | sort -z | xargs -0 sed -n 's/^pub fn \([a-z_0-9]*\).*/\1/p' | sort | uniq -d | head -10
comm -12 <(ls clap/src | sort) <(ls winnow/src | sort)
join <(ls clap | sort) <(ls jiff | sort) | paste -sd' '
# All of it, to the byte.
find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
