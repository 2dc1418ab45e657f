# Packed and unpacked, nothing may change.
tar --sort=name --owner=user:1000 --group=user:1000 --mtime=@1700000000 --mode=a+rX -cf all.tar clap jiff object winnow wit-parser
wc -c <all.tar
tar -tf all.tar | wc -l
tar -tf all.tar | sha256sum
mkdir out && tar -xf all.tar -C out
for c in clap jiff object winnow wit-parser; do diff -r "$c" "out/$c" && echo "$c is the same"; done
# With gzip, and in a pipe.
gzip -k all.tar && gzip -t all.tar.gz && zcat all.tar.gz | cmp - all.tar && echo whole
tar -czf - proptest | tar -tzf - | LC_ALL=C sort | head -3
tar -cf - schemars | gzip -9 | gunzip | tar -xf - -C out && diff -r schemars out/schemars && echo again
# Some of it.
tar -xzf all.tar.gz -O winnow/Cargo.toml | head -3
tar -tf all.tar --wildcards '*/README.md' | sort
tar --exclude='*.rs' -cf rest.tar object && tar -tf rest.tar | grep -c 'rs$'
mkdir flat2 && tar -xf all.tar -C flat2 --strip-components=2 --wildcards '*/src/lib.rs' && ls flat2
tar -rf rest.tar clap/Cargo.toml && tar -tf rest.tar | tail -n 1
tar -xf all.tar -C out no/such/file; echo "status $?"
head -c 100000 all.tar.gz >cut.tar.gz && gzip -t cut.tar.gz; echo "status $?"
# In pieces.
split -b 1000000 -d all.tar piece. && ls piece.* | wc -l && cat piece.* | cmp - all.tar && echo joined
find winnow -type f -print0 | sort -z | xargs -0 sha256sum >SUMS && (cd out && sha256sum --quiet -c ../SUMS) && echo checked
echo >>out/winnow/Cargo.toml; (cd out && sha256sum --quiet -c ../SUMS); echo "status $?"
base64 all.tar.gz | base64 -d | cmp - all.tar.gz && echo text
for f in wast/src/*.rs; do gzip -c "$f"; done | gunzip | cksum
xz -k rest.tar && xz -dc rest.tar.xz | cmp - rest.tar && bzip2 -k rest.tar && bzcat rest.tar.bz2 | cmp - rest.tar && echo others
du -sb --apparent-size out/winnow/src/lib.rs | cut -f1
rm -r out flat2 piece.* all.tar all.tar.gz rest.tar rest.tar.xz rest.tar.bz2 cut.tar.gz SUMS
ls
