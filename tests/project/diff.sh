# What changed, in how many ways?
diff -rq before . | sort | sed 's/^Only in .: before$//' | cut -d' ' -f1,2 | sort | uniq -c
diff -rq before/clap clap | wc -l
diff -r before/object object | grep -c '^[<>]'
diff -r before/jiff jiff | head -5
diff -u before/winnow/Cargo.toml winnow/Cargo.toml | tail -n +3
diff -u --label a --label b before/wast/src/lib.rs wast/src/lib.rs | head -30
diff -c before/wast/src/lib.rs wast/src/lib.rs | tail -n +3 | head -20
diff -y -W 80 before/clap/Cargo.toml clap/Cargo.toml | head -8
for c in clap winnow object wast schemars proptest; do
    diff -ruN "before/$c" "$c" | sed -E 's/^((---|\+\+\+) [^\t]*).*/\1/' >"$c.diff"
    echo "$c $(grep -c '^diff' "$c.diff") $(grep -c '^@@' "$c.diff") $(grep -c '^+' "$c.diff") $(grep -c '^-' "$c.diff") $(sha256sum <"$c.diff" | cut -c1-16)"
done
# Patched forward, patched back.
for c in clap winnow object wast schemars proptest; do
    cp -r "before/$c" "$c.new"
    (cd "$c.new" && patch -s -p2) <"$c.diff" 2>/dev/null || (cd "$c.new" && patch -s -p1) <"$c.diff"
    diff -r "$c" "$c.new" >/dev/null && echo "$c patched"
done
cp -r winnow back && (cd back && patch -s -R -p1 <../winnow.diff)
diff -r before/winnow back && echo "winnow is what it was"
# Somewhere else, with an offset, and where it cannot be.
cp before/wast/src/lib.rs lib.rs && sed -i '1i // one\n// two\n// three' lib.rs
diff -u before/wast/src/lib.rs wast/src/lib.rs >lib.diff; patch lib.rs <lib.diff; tail -n 1 lib.rs
sed -i 's/^.*$/x/' lib.rs && patch lib.rs <lib.diff; echo "status $?"; ls lib.rs*
cmp before/clap/src/lib.rs clap/src/lib.rs | cut -d, -f1; cmp before/jiff/Cargo.lock jiff/Cargo.lock && echo equal
comm -3 <(cd before && find . -type f | sort) <(find . -path ./before -prune -o -type f -print | sort) | cut -c1-60 | head -10
rm -r before *.diff *.new back lib.rs*
find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
