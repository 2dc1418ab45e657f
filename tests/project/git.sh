export HOME=$PWD/../git-home GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com
export GIT_AUTHOR_DATE='2024-03-12T06:25:14+0000' GIT_COMMITTER_DATE='2024-03-12T06:25:14+0000' GIT_CONFIG_NOSYSTEM=1
mkdir -p "$HOME" && git config --global advice.detachedHead false && git config --global init.defaultBranch main
git init -q && git status --short | head -3
git add . && git status --short | wc -l
git commit -q -m 'Take over the crates' && git rev-parse HEAD HEAD^{tree}
git status
git ls-files | wc -l
# An edit of many files, on a branch.
git checkout -b edits
sed -i 's/\bOption</Maybe</g' $(git grep -l 'Option<' -- '*.rs') && rm winnow/README.md && mkdir notes && echo new >notes/one.txt
git status --short | cut -c1-2 | sort | uniq -c
git diff --shortstat && git diff --stat | tail -n 3
git diff --name-status | head -5
git diff clap/src | sha256sum
git diff wast/src/lib.rs | head -20
export GIT_AUTHOR_DATE='2024-03-13T06:25:14+0000' GIT_COMMITTER_DATE='2024-03-13T06:25:14+0000'
git add -A && git diff --cached --shortstat
git commit -q -m 'Call options maybes' -m 'For they may be.' && git log --oneline
# The other branch has moved on, too.
git checkout -q main && ls winnow/README.md && git rev-parse --abbrev-ref HEAD
sed -i '1i # Edited' clap/Cargo.toml && git mv jiff/README.md jiff/READ.md
export GIT_AUTHOR_DATE='2024-03-14T06:25:14+0000' GIT_COMMITTER_DATE='2024-03-14T06:25:14+0000'
git commit -a -m 'Say that it is edited' && git log --oneline --all | sort
git diff --stat main edits -- wit-parser | tail -n 1
git merge edits -m 'Bring both together' | tail -n 2; git log --oneline --graph; git rev-parse HEAD^{tree}
git branch -v; git branch -d edits; git show --stat HEAD~1 | head -12
echo mistake >>clap/Cargo.toml && git stash -q && git stash list && git status -s && git stash pop -q && git checkout -- clap/Cargo.toml
git reset -q --hard HEAD~1 && git status --short | wc -l && git log -1 --format='%h %an %ad %s' --date=iso
rm -rf "$HOME"
