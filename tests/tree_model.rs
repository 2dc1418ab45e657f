//! The file tree against a naive reference: the same random operations on both, every answer compared.
//!
//! The reference (`tree_model/reference.rs`) is written from POSIX and Linux and is slow on purpose. `PROPTEST_CASES` and
//! `PROPTEST_RNG_SEED` look further than the fixed cases of every day. Below the property stand, one by one, the rules
//! that random operations seldom meet.

#[path = "tree_model/reference.rs"]
mod reference;

use std::collections::BTreeMap;

use isobox::ChangeKind;
use isobox::machine::Errno;
use isobox::machine::fs::{
    FileType, FollowLast, InodeNumber, Kind, NewTime, OpenHow, Tree, TreeLimits, changes,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use reference::{Body, ROOT, Reference};

/// One operation. Directories to start from and open files are positions in the list of what is held.
/// As `opendir` opens.
const TO_LIST: OpenHow = OpenHow {
    read: true,
    write: false,
    create: false,
    exclusive: false,
    truncate: false,
    directory: true,
    no_follow: false,
    mode: 0,
};

#[derive(Clone, Debug)]
enum Step {
    Open(usize, String, OpenHow),
    /// Opens and keeps open what is there.
    Hold(usize, String),
    Close(usize),
    MakeDirectory(usize, String, u16),
    MakeSymlink(String, usize, String),
    Link((usize, String), bool, (usize, String)),
    Unlink(usize, String),
    RemoveDirectory(usize, String),
    Rename((usize, String), (usize, String)),
    ReadLink(usize, String),
    Stat(usize, String, bool),
    List(usize, String),
    Read(usize, u64, usize),
    Write(usize, u64, usize, u8),
    Truncate(usize, u64),
    SetTimes(usize, String, Time, Time),
    SetMode(usize, String, u16),
}

#[derive(Clone, Copy, Debug)]
enum Time {
    Keep,
    Now,
    At(u64),
}

/// What an operation answers.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Nothing,
    Inode(u64),
    Count(usize),
    Bytes(Vec<u8>),
    Names(Vec<(Vec<u8>, u64)>),
    Stat(Stat),
}

type Result<T> = std::result::Result<T, Errno>;

/// Everything `stat` tells, of either tree.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    inode: u64,
    file_type: FileType,
    mode: u16,
    links: u64,
    size: u64,
    times_ns: [u64; 3],
}

/// Time of the first operation; each takes one second.
const EPOCH_NS: u64 = 1_000_000_000_000;

fn at(step: usize) -> u64 {
    EPOCH_NS + step as u64 * 1_000_000_000
}

const WIDE: TreeLimits = TreeLimits {
    bytes_max: 1 << 20,
    inodes_max: 1000,
    file_bytes_max: 200_000,
};

// Random operations.

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just("a"),
        4 => Just("b"),
        3 => Just("c"),
        2 => Just("été"),
        1 => Just("."),
        2 => Just(".."),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let slash = prop_oneof![12 => Just(""), 1 => Just("/"), 1 => Just("//")];
    let begin = prop_oneof![3 => Just(""), 1 => Just("/")];
    let names = |count: usize| prop::collection::vec(name(), count);
    let names = prop_oneof![4 => names(1), 3 => names(2), 1 => names(3)];
    let ordinary = (begin, names, slash)
        .prop_map(|(begin, names, end)| format!("{begin}{}{end}", names.join("/")));
    prop_oneof![40 => ordinary, 1 => Just("/".to_owned()), 1 => Just(String::new())]
}

fn mode() -> impl Strategy<Value = u16> {
    prop_oneof![
        8 => Just(0o755),
        2 => Just(0o644),
        1 => prop::sample::select(vec![0, 0o100, 0o300, 0o400, 0o500, 0o600, 0o1777, 0o4755]),
    ]
}

fn how() -> impl Strategy<Value = OpenHow> {
    let flag = |per_8| prop::bool::weighted(f64::from(per_8) / 8.0);
    let flags = (
        flag(4),
        flag(4),
        flag(5),
        flag(1),
        flag(2),
        flag(1),
        flag(1),
    );
    (flags, mode()).prop_map(|(flags, mode)| {
        let (read, write, create, exclusive, truncate, directory, no_follow) = flags;
        OpenHow {
            read,
            write,
            create,
            exclusive,
            truncate,
            directory,
            no_follow,
            mode,
        }
    })
}

fn time() -> impl Strategy<Value = Time> {
    prop_oneof![
        Just(Time::Keep),
        Just(Time::Now),
        (0u64..5_000_000_000).prop_map(Time::At)
    ]
}

fn offset() -> impl Strategy<Value = u64> {
    prop::sample::select(vec![
        0, 1, 100, 1000, 65_530, 65_536, 131_072, 199_990, 200_000, 300_000,
    ])
}

fn step() -> impl Strategy<Value = Step> {
    let held = || 0usize..4;
    let place = || (held(), path());
    prop_oneof![
        6 => (place(), how()).prop_map(|((from, path), how)| Step::Open(from, path, how)),
        4 => place().prop_map(|(from, path)| Step::Hold(from, path)),
        2 => (1usize..4).prop_map(Step::Close),
        6 => (place(), mode()).prop_map(|((from, path), mode)| Step::MakeDirectory(from, path, mode)),
        4 => (path(), place()).prop_map(|(target, (from, path))| Step::MakeSymlink(target, from, path)),
        3 => (place(), any::<bool>(), place()).prop_map(|(old, follow, new)| Step::Link(old, follow, new)),
        3 => place().prop_map(|(from, path)| Step::Unlink(from, path)),
        3 => place().prop_map(|(from, path)| Step::RemoveDirectory(from, path)),
        8 => (place(), place()).prop_map(|(old, new)| Step::Rename(old, new)),
        2 => place().prop_map(|(from, path)| Step::ReadLink(from, path)),
        4 => (place(), any::<bool>()).prop_map(|((from, path), follow)| Step::Stat(from, path, follow)),
        2 => place().prop_map(|(from, path)| Step::List(from, path)),
        2 => (held(), offset(), 0usize..300).prop_map(|(file, offset, length)| Step::Read(file, offset, length)),
        5 => (held(), offset(), 0usize..300, any::<u8>())
            .prop_map(|(file, offset, length, byte)| Step::Write(file, offset, length, byte)),
        2 => (held(), offset()).prop_map(|(file, size)| Step::Truncate(file, size)),
        2 => (place(), time(), time())
            .prop_map(|((from, path), accessed, modified)| Step::SetTimes(from, path, accessed, modified)),
        2 => (place(), mode()).prop_map(|((from, path), mode)| Step::SetMode(from, path, mode)),
    ]
}

fn limits() -> impl Strategy<Value = TreeLimits> {
    prop_oneof![
        2 => Just(WIDE),
        1 => Just(TreeLimits { bytes_max: 5000, inodes_max: 1000, file_bytes_max: 1200 }),
        1 => Just(TreeLimits { bytes_max: 1 << 20, inodes_max: 5, file_bytes_max: 70_000 }),
    ]
}

/// A few directories, files and links for the random operations to begin with.
fn furniture() -> Vec<Step> {
    let text = |text: &str| text.to_owned();
    let create = OpenHow {
        write: true,
        create: true,
        mode: 0o644,
        ..OpenHow::default()
    };
    vec![
        Step::MakeDirectory(0, text("a"), 0o755),
        Step::MakeDirectory(0, text("a/b"), 0o755),
        Step::Open(0, text("c"), create),
        Step::MakeSymlink(text("a"), 0, text("b")),
        Step::Hold(0, text("a")),
        Step::Hold(0, text("c")),
        Step::Write(2, 0, 5, b'x'),
    ]
}

// Both trees under one history.

#[derive(Clone)]
struct Pair {
    tree: Tree,
    reference: Reference,
    held: Vec<u64>,
}

impl Pair {
    fn new(limits: TreeLimits) -> Pair {
        Pair {
            tree: Tree::new(limits, at(0)),
            reference: Reference::new(limits, at(0)),
            held: vec![ROOT],
        }
    }

    /// Takes a step in both trees; what each of them answers.
    fn take(&mut self, step: &Step, now_ns: u64) -> (Result<Answer>, Result<Answer>) {
        let ours = self.take_in_tree(step, now_ns);
        let theirs = self.take_in_reference(step, now_ns);
        match (step, &theirs) {
            (Step::Hold(..), Ok(Answer::Inode(inode))) => self.held.push(*inode),
            (Step::Close(position), _) if position % self.held.len() > 0 => {
                self.held.remove(position % self.held.len());
            }
            _ => {}
        }
        (ours, theirs)
    }

    fn held(&self, position: usize) -> u64 {
        self.held[position % self.held.len()]
    }

    /// The held file at a position; none when it is a directory.
    fn file(&self, position: usize) -> Option<u64> {
        let inode = self.held(position);
        self.reference.is_file(inode).then_some(inode)
    }

    fn take_in_tree(&mut self, step: &Step, now_ns: u64) -> Result<Answer> {
        let held = |position: usize| InodeNumber(self.held(position));
        let follow = |follow| {
            if follow {
                FollowLast::Yes
            } else {
                FollowLast::No
            }
        };
        let inode = |number: InodeNumber| Answer::Inode(number.0);
        let nothing = |()| Answer::Nothing;
        let file = |position| self.file(position).map(InodeNumber);
        match step {
            Step::Open(from, path, how) => {
                let from = held(*from);
                self.tree
                    .open(from, path.as_bytes(), *how, now_ns)
                    .map(inode)
            }
            Step::Hold(from, path) => {
                let from = held(*from);
                let found = self
                    .tree
                    .open(from, path.as_bytes(), OpenHow::default(), now_ns)?;
                self.tree.hold(found);
                Ok(inode(found))
            }
            Step::Close(position) => {
                let held = held(*position);
                if held.0 != ROOT {
                    self.tree.release(held);
                }
                Ok(Answer::Nothing)
            }
            Step::MakeDirectory(from, path, mode) => {
                let from = held(*from);
                self.tree
                    .make_directory(from, path.as_bytes(), *mode, now_ns)
                    .map(inode)
            }
            Step::MakeSymlink(target, from, path) => {
                let from = held(*from);
                self.tree
                    .make_symlink(target.as_bytes(), from, path.as_bytes(), now_ns)
                    .map(inode)
            }
            Step::Link((old_from, old), followed, (new_from, new)) => {
                let (old_from, new_from) = (held(*old_from), held(*new_from));
                let linked = self.tree.link(
                    (old_from, old.as_bytes()),
                    follow(*followed),
                    (new_from, new.as_bytes()),
                    now_ns,
                );
                linked.map(nothing)
            }
            Step::Unlink(from, path) => {
                let from = held(*from);
                self.tree.unlink(from, path.as_bytes(), now_ns).map(nothing)
            }
            Step::RemoveDirectory(from, path) => {
                let from = held(*from);
                self.tree
                    .remove_directory(from, path.as_bytes(), now_ns)
                    .map(nothing)
            }
            Step::Rename((old_from, old), (new_from, new)) => {
                let (old_from, new_from) = (held(*old_from), held(*new_from));
                self.tree
                    .rename(
                        (old_from, old.as_bytes()),
                        (new_from, new.as_bytes()),
                        now_ns,
                    )
                    .map(nothing)
            }
            Step::ReadLink(from, path) => {
                let target = self.tree.read_link(held(*from), path.as_bytes())?;
                Ok(Answer::Bytes(target.to_vec()))
            }
            Step::Stat(from, path, followed) => {
                let found = self
                    .tree
                    .lookup(held(*from), path.as_bytes(), follow(*followed))?;
                Ok(Answer::Stat(stat_in_tree(&self.tree, found)))
            }
            Step::List(from, path) => {
                let found = self.tree.open(held(*from), path.as_bytes(), TO_LIST, 0)?;
                Ok(Answer::Names(names(&self.tree, found)))
            }
            Step::Read(position, offset, length) => {
                let Some(file) = file(*position) else {
                    return Ok(Answer::Nothing);
                };
                let mut buffer = vec![0xff; *length];
                let read = self.tree.read(file, *offset, &mut buffer)?;
                buffer.truncate(read);
                Ok(Answer::Bytes(buffer))
            }
            Step::Write(position, offset, length, byte) => {
                let Some(file) = file(*position) else {
                    return Ok(Answer::Nothing);
                };
                let data = vec![*byte; *length];
                self.tree
                    .write(file, *offset, &data, now_ns)
                    .map(Answer::Count)
            }
            Step::Truncate(position, size) => {
                let Some(file) = file(*position) else {
                    return Ok(Answer::Nothing);
                };
                self.tree.set_size(file, *size, now_ns).map(nothing)
            }
            Step::SetTimes(from, path, accessed, modified) => {
                let found = self
                    .tree
                    .lookup(held(*from), path.as_bytes(), FollowLast::No)?;
                let set =
                    self.tree
                        .set_times(found, new_time(*accessed), new_time(*modified), now_ns);
                set.map(nothing)
            }
            Step::SetMode(from, path, mode) => {
                let found = self
                    .tree
                    .lookup(held(*from), path.as_bytes(), FollowLast::Yes)?;
                self.tree.set_mode(found, *mode, now_ns).map(nothing)
            }
        }
    }

    fn take_in_reference(&mut self, step: &Step, now_ns: u64) -> Result<Answer> {
        let held = |position: usize| self.held(position);
        let nothing = |()| Answer::Nothing;
        match step {
            Step::Open(from, path, how) => {
                let from = held(*from);
                self.reference
                    .open(from, path.as_bytes(), *how, now_ns)
                    .map(Answer::Inode)
            }
            Step::Hold(from, path) => {
                let from = held(*from);
                let found =
                    self.reference
                        .open(from, path.as_bytes(), OpenHow::default(), now_ns)?;
                self.reference.hold(found);
                Ok(Answer::Inode(found))
            }
            Step::Close(position) => {
                let held = held(*position);
                if held != ROOT {
                    self.reference.release(held);
                }
                Ok(Answer::Nothing)
            }
            Step::MakeDirectory(from, path, mode) => {
                let from = held(*from);
                self.reference
                    .mkdir(from, path.as_bytes(), *mode, now_ns)
                    .map(Answer::Inode)
            }
            Step::MakeSymlink(target, from, path) => {
                let from = held(*from);
                self.reference
                    .symlink(target.as_bytes(), from, path.as_bytes(), now_ns)
                    .map(Answer::Inode)
            }
            Step::Link((old_from, old), follow, (new_from, new)) => {
                let (old_from, new_from) = (held(*old_from), held(*new_from));
                let linked = self.reference.link(
                    (old_from, old.as_bytes()),
                    *follow,
                    (new_from, new.as_bytes()),
                    now_ns,
                );
                linked.map(nothing)
            }
            Step::Unlink(from, path) => {
                let from = held(*from);
                self.reference
                    .unlink(from, path.as_bytes(), now_ns)
                    .map(nothing)
            }
            Step::RemoveDirectory(from, path) => {
                let from = held(*from);
                self.reference
                    .rmdir(from, path.as_bytes(), now_ns)
                    .map(nothing)
            }
            Step::Rename((old_from, old), (new_from, new)) => {
                let (old_from, new_from) = (held(*old_from), held(*new_from));
                self.reference
                    .rename(
                        (old_from, old.as_bytes()),
                        (new_from, new.as_bytes()),
                        now_ns,
                    )
                    .map(nothing)
            }
            Step::ReadLink(from, path) => self
                .reference
                .readlink(held(*from), path.as_bytes())
                .map(Answer::Bytes),
            Step::Stat(from, path, follow) => {
                let found = self
                    .reference
                    .lookup(held(*from), path.as_bytes(), *follow)?;
                Ok(Answer::Stat(stat_in_reference(&self.reference, found)))
            }
            Step::List(from, path) => {
                let found = self.reference.lookup(held(*from), path.as_bytes(), true)?;
                self.reference.list(found).map(Answer::Names)
            }
            Step::Read(position, offset, length) => {
                Ok(self.file(*position).map_or(Answer::Nothing, |file| {
                    Answer::Bytes(self.reference.read(file, *offset, *length))
                }))
            }
            Step::Write(position, offset, length, byte) => {
                let Some(file) = self.file(*position) else {
                    return Ok(Answer::Nothing);
                };
                let data = vec![*byte; *length];
                self.reference
                    .write(file, *offset, &data, now_ns)
                    .map(Answer::Count)
            }
            Step::Truncate(position, size) => {
                let Some(file) = self.file(*position) else {
                    return Ok(Answer::Nothing);
                };
                self.reference.truncate(file, *size, now_ns).map(nothing)
            }
            Step::SetTimes(from, path, accessed, modified) => {
                let found = self.reference.lookup(held(*from), path.as_bytes(), false)?;
                self.reference
                    .utimens(found, new_time(*accessed), new_time(*modified), now_ns);
                Ok(Answer::Nothing)
            }
            Step::SetMode(from, path, mode) => {
                let found = self.reference.lookup(held(*from), path.as_bytes(), true)?;
                self.reference.chmod(found, *mode, now_ns);
                Ok(Answer::Nothing)
            }
        }
    }

    /// Compares everything that can be learnt of the two trees.
    fn check_equal(&self) {
        let (tree, reference) = (&self.tree, &self.reference);
        let mut ours = BTreeMap::new();
        collect(tree, InodeNumber::ROOT, b"", &mut ours);
        assert_eq!(ours, reference.paths());
        for &inode in reference.nodes.keys() {
            check_inode(tree, reference, inode);
        }
        assert_eq!(tree.inode_count(), reference.nodes.len() as u64);
        assert_eq!(tree.bytes(), reference.bytes());
    }
}

fn check_inode(tree: &Tree, reference: &Reference, inode: u64) {
    let number = InodeNumber(inode);
    assert_eq!(
        stat_in_tree(tree, number),
        stat_in_reference(reference, inode)
    );
    match (tree.kind(number).unwrap(), &reference.nodes[&inode].body) {
        (Kind::File(content), Body::File(bytes)) => assert_eq!(&content.to_vec(), bytes),
        (Kind::Symlink(ours), Body::Symlink(theirs)) => assert_eq!(ours[..], theirs[..]),
        (Kind::Directory { .. }, Body::Directory(entries)) => {
            assert_eq!(names(tree, number), Vec::from_iter(entries.clone()));
        }
        (ours, theirs) => panic!("inode {inode} is {ours:?} and should be {theirs:?}"),
    }
}

fn collect(tree: &Tree, directory: InodeNumber, path: &[u8], found: &mut BTreeMap<Vec<u8>, u64>) {
    for (name, inode) in tree.entries(directory).unwrap().iter() {
        let path = [path, b"/", name].concat();
        if tree.entries(inode).is_ok() {
            collect(tree, inode, &path, found);
        }
        found.insert(path, inode.0);
    }
}

fn names(tree: &Tree, directory: InodeNumber) -> Vec<(Vec<u8>, u64)> {
    let entries = tree.entries(directory).unwrap();
    entries
        .iter()
        .map(|(name, inode)| (name.to_vec(), inode.0))
        .collect()
}

fn stat_in_tree(tree: &Tree, inode: InodeNumber) -> Stat {
    let stat = tree.stat(inode).unwrap();
    let times = stat.times;
    Stat {
        inode: stat.inode.0,
        file_type: stat.file_type,
        mode: stat.mode,
        links: stat.links,
        size: stat.size,
        times_ns: [times.accessed_ns, times.modified_ns, times.changed_ns],
    }
}

fn stat_in_reference(reference: &Reference, inode: u64) -> Stat {
    let node = &reference.nodes[&inode];
    Stat {
        inode,
        file_type: match node.body {
            Body::File(_) => FileType::Regular,
            Body::Directory(_) => FileType::Directory,
            Body::Symlink(_) => FileType::Symlink,
        },
        mode: node.mode,
        links: reference.links(inode),
        size: reference.size(inode),
        times_ns: [node.accessed_ns, node.modified_ns, node.changed_ns],
    }
}

fn new_time(time: Time) -> NewTime {
    match time {
        Time::Keep => NewTime::Keep,
        Time::Now => NewTime::Now,
        Time::At(time_ns) => NewTime::At(time_ns),
    }
}

/// At least a thousand cases, the same ones every day.
fn config() -> ProptestConfig {
    let given = ProptestConfig::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed => fixed,
    };
    ProptestConfig {
        rng_seed,
        cases: given.cases.max(1024),
        failure_persistence: None,
        ..given
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_answer_is_the_references(
        limits in limits(),
        early in prop::collection::vec(step(), 40..80),
        late in prop::collection::vec(step(), 40..80),
    ) {
        let early = [furniture(), early].concat();
        let mut pair = Pair::new(limits);
        let mut now_ns = at(0);
        for step in &early {
            now_ns += 1_000_000_000;
            let (ours, theirs) = pair.take(step, now_ns);
            prop_assert_eq!(ours, theirs, "{:?}", step);
        }
        pair.check_equal();
        let (middle, middle_ns) = (pair.clone(), now_ns);
        let middle_digest = middle.tree.digest();

        for step in &late {
            now_ns += 1_000_000_000;
            let (ours, theirs) = pair.take(step, now_ns);
            prop_assert_eq!(ours, theirs, "{:?}", step);
        }
        pair.check_equal();

        // What came later left the clone alone.
        middle.check_equal();
        prop_assert_eq!(middle.tree.digest(), middle_digest);

        // Equal histories have equal digests, whether or not anybody took a clone or a digest on the way.
        let mut again = Pair::new(limits);
        early.iter().enumerate().for_each(|(index, step)| drop(again.take(step, at(index + 1))));
        prop_assert_eq!(at(early.len()), middle_ns);
        prop_assert_eq!(again.tree.digest(), middle_digest);
        late.iter().enumerate().for_each(|(index, step)| drop(again.take(step, at(early.len() + index + 1))));
        prop_assert_eq!(again.tree.digest(), pair.tree.digest());

        let listed: BTreeMap<_, _> = changes(&middle.tree, &pair.tree)
            .paths
            .into_iter()
            .map(|change| (change.path.into_bytes(), change.kind))
            .collect();
        prop_assert_eq!(listed, middle.reference.changes(&pair.reference));
    }
}

// Rules one by one.

const READ: OpenHow = OpenHow {
    read: true,
    ..NOTHING
};
const WRITE: OpenHow = OpenHow {
    write: true,
    ..NOTHING
};
const CREATE: OpenHow = OpenHow {
    write: true,
    create: true,
    ..NOTHING
};
const NOTHING: OpenHow = OpenHow {
    read: false,
    write: false,
    create: false,
    exclusive: false,
    truncate: false,
    directory: false,
    no_follow: false,
    mode: 0o644,
};
const TOP: InodeNumber = InodeNumber::ROOT;

fn tree() -> Tree {
    Tree::new(WIDE, at(0))
}

fn tree_with(limits: TreeLimits) -> Tree {
    Tree::new(limits, at(0))
}

fn directory(tree: &mut Tree, path: &str) -> InodeNumber {
    tree.make_directory(TOP, path.as_bytes(), 0o755, at(1))
        .unwrap()
}

fn file(tree: &mut Tree, path: &str, content: &[u8]) -> InodeNumber {
    let inode = tree.open(TOP, path.as_bytes(), CREATE, at(1)).unwrap();
    assert_eq!(tree.write(inode, 0, content, at(1)), Ok(content.len()));
    inode
}

fn symlink(tree: &mut Tree, target: &str, path: &str) {
    tree.make_symlink(target.as_bytes(), TOP, path.as_bytes(), at(1))
        .unwrap();
}

fn lookup(tree: &Tree, path: &str) -> Result<InodeNumber> {
    tree.lookup(TOP, path.as_bytes(), FollowLast::Yes)
}

fn open(tree: &mut Tree, path: &str, how: OpenHow) -> Result<InodeNumber> {
    tree.open(TOP, path.as_bytes(), how, at(2))
}

fn rename(tree: &mut Tree, old: &str, new: &str) -> Result<()> {
    tree.rename((TOP, old.as_bytes()), (TOP, new.as_bytes()), at(2))
}

fn unlink(tree: &mut Tree, path: &str) -> Result<()> {
    tree.unlink(TOP, path.as_bytes(), at(2))
}

fn remove_directory(tree: &mut Tree, path: &str) -> Result<()> {
    tree.remove_directory(TOP, path.as_bytes(), at(2))
}

fn link(tree: &mut Tree, old: &str, new: &str) -> Result<()> {
    tree.link(
        (TOP, old.as_bytes()),
        FollowLast::No,
        (TOP, new.as_bytes()),
        at(2),
    )
}

fn chmod(tree: &mut Tree, path: &str, mode: u16) {
    let inode = lookup(tree, path).unwrap();
    tree.set_mode(inode, mode, at(2)).unwrap();
}

fn listed(before: &Tree, after: &Tree) -> Vec<(String, ChangeKind)> {
    let paths = changes(before, after).paths.into_iter();
    paths.map(|change| (change.path, change.kind)).collect()
}

#[test]
fn forty_symbolic_links_are_followed_and_the_next_is_one_too_many() {
    let mut tree = tree();
    let end = file(&mut tree, "0", b"");
    for hop in 1..=41 {
        symlink(&mut tree, &(hop - 1).to_string(), &hop.to_string());
    }
    assert_eq!(lookup(&tree, "40"), Ok(end));
    assert_eq!(lookup(&tree, "41"), Err(Errno::Loop));
}

#[test]
fn links_count_along_the_whole_path() {
    let mut tree = tree();
    symlink(&mut tree, ".", "here");
    assert_eq!(lookup(&tree, &["here"; 40].join("/")), Ok(TOP));
    assert_eq!(lookup(&tree, &["here"; 41].join("/")), Err(Errno::Loop));
}

#[test]
fn a_link_to_itself_is_a_loop_unless_it_is_not_followed() {
    let mut tree = tree();
    symlink(&mut tree, "self", "self");
    assert_eq!(lookup(&tree, "self"), Err(Errno::Loop));
    assert_eq!(open(&mut tree, "self", CREATE), Err(Errno::Loop));
    assert_eq!(tree.read_link(TOP, b"self"), Ok(&b"self"[..]));
}

#[test]
fn a_name_has_at_most_255_bytes() {
    let mut tree = tree();
    let (longest, longer) = ("é".repeat(127) + "x", "é".repeat(128));
    assert!(open(&mut tree, &longest, CREATE).is_ok());
    assert_eq!(open(&mut tree, &longer, CREATE), Err(Errno::NameTooLong));
    assert_eq!(
        lookup(&tree, &format!("{longer}/x")),
        Err(Errno::NameTooLong)
    );
}

#[test]
fn a_path_has_at_most_4095_bytes() {
    let tree = tree();
    assert_eq!(lookup(&tree, &"/".repeat(4095)), Ok(TOP));
    assert_eq!(lookup(&tree, &"/".repeat(4096)), Err(Errno::NameTooLong));
}

#[test]
fn a_links_target_has_at_most_4095_bytes() {
    let mut tree = tree();
    symlink(&mut tree, &"/".repeat(4095), "longest");
    assert_eq!(lookup(&tree, "longest"), Ok(TOP));
    let longer = tree.make_symlink(&[b'/'; 4096], TOP, b"longer", at(1));
    assert_eq!(longer, Err(Errno::NameTooLong));
}

#[test]
fn names_that_are_not_utf_8_are_refused() {
    let mut tree = tree();
    let refused = [
        tree.open(TOP, b"\xff", CREATE, at(1)).map(drop),
        tree.make_directory(TOP, b"a\x80", 0o755, at(1)).map(drop),
        tree.make_symlink(b"\xc3", TOP, b"link", at(1)).map(drop),
        tree.lookup(TOP, b"\xed\xa0\x80", FollowLast::Yes).map(drop),
    ];
    assert_eq!(refused, [Err(Errno::IllegalBytes); 4]);
}

#[test]
fn a_zero_byte_cannot_be_in_a_path() {
    assert_eq!(
        tree().open(TOP, b"a\0b", CREATE, at(1)),
        Err(Errno::Invalid)
    );
}

#[test]
fn directories_nest_only_as_deep_as_a_path_could_name() {
    let mut tree = tree_with(TreeLimits {
        inodes_max: 10_000,
        bytes_max: 1 << 30,
        ..WIDE
    });
    let mut bottom = TOP;
    let mut depth = 0;
    let refused = loop {
        match tree.make_directory(bottom, b"d", 0o755, at(1)) {
            Ok(below) => (bottom, depth) = (below, depth + 1),
            Err(errno) => break errno,
        }
    };
    assert_eq!(
        (refused, depth),
        (Errno::NameTooLong, isobox::limits::DEPTH_MAX)
    );
}

#[test]
fn a_file_has_at_most_65000_names() {
    let mut tree = tree_with(TreeLimits {
        bytes_max: 1 << 30,
        ..WIDE
    });
    file(&mut tree, "first", b"");
    for name in 1..isobox::limits::LINKS_MAX {
        link(&mut tree, "first", &name.to_string()).unwrap();
    }
    assert_eq!(link(&mut tree, "first", "last"), Err(Errno::TooManyLinks));
}

#[test]
fn a_write_at_the_file_size_bound_is_partial_and_the_next_is_too_large() {
    let mut tree = tree();
    let inode = file(&mut tree, "file", b"");
    let bound = WIDE.file_bytes_max;
    assert_eq!(tree.write(inode, bound - 2, b"abc", at(2)), Ok(2));
    assert_eq!(
        tree.write(inode, bound, b"c", at(2)),
        Err(Errno::FileTooBig)
    );
    assert_eq!(
        tree.set_size(inode, bound + 1, at(2)),
        Err(Errno::FileTooBig)
    );
    assert_eq!(tree.stat(inode).unwrap().size, bound);
}

#[test]
fn a_write_into_the_last_room_is_partial_and_the_next_finds_none() {
    let mut tree = tree();
    let inode = file(&mut tree, "file", b"");
    let room = WIDE.bytes_max - tree.bytes();
    tree.set_limits(TreeLimits {
        file_bytes_max: u64::MAX,
        ..WIDE
    });
    assert_eq!(tree.write(inode, room - 2, b"abc", at(2)), Ok(2));
    assert_eq!(tree.bytes(), WIDE.bytes_max);
    assert_eq!(tree.write(inode, room, b"c", at(2)), Err(Errno::NoSpace));
    assert_eq!(tree.set_size(inode, room + 1, at(2)), Err(Errno::NoSpace));
    // What is there can still be exchanged.
    assert_eq!(tree.write(inode, 0, b"abc", at(2)), Ok(3));
}

#[test]
fn what_is_removed_makes_room_again() {
    let mut tree = tree();
    let (empty, inodes) = (tree.bytes(), tree.inode_count());
    file(&mut tree, "file", &[7; 1000]);
    directory(&mut tree, "directory");
    symlink(&mut tree, "target", "link");
    unlink(&mut tree, "file").unwrap();
    remove_directory(&mut tree, "directory").unwrap();
    unlink(&mut tree, "link").unwrap();
    assert_eq!((tree.bytes(), tree.inode_count()), (empty, inodes));
}

#[test]
fn an_open_file_outlives_its_name_and_its_room_is_taken_until_it_is_closed() {
    let mut tree = tree();
    let empty = tree.bytes();
    let inode = file(&mut tree, "file", b"still here");
    tree.hold(inode);
    unlink(&mut tree, "file").unwrap();
    assert_eq!(tree.content(inode).unwrap().to_vec(), b"still here");
    assert_eq!(tree.stat(inode).unwrap().links, 0);
    assert!(tree.bytes() > empty);
    tree.release(inode);
    assert_eq!(tree.stat(inode), Err(Errno::NoEntry));
    assert_eq!(tree.bytes(), empty);
}

#[test]
fn nothing_can_be_made_in_a_directory_that_was_removed() {
    let mut tree = tree();
    let gone = directory(&mut tree, "gone");
    file(&mut tree, "file", b"");
    tree.hold(gone);
    remove_directory(&mut tree, "gone").unwrap();
    assert_eq!(tree.stat(gone).unwrap().links, 0);
    assert_eq!(tree.open(gone, b"x", CREATE, at(2)), Err(Errno::NoEntry));
    assert_eq!(
        tree.make_directory(gone, b"x", 0o755, at(2)),
        Err(Errno::NoEntry)
    );
    let moved = tree.rename((TOP, b"file"), (gone, b"x"), at(2));
    assert_eq!(moved, Err(Errno::NoEntry));
}

#[test]
fn a_file_without_permissions_cannot_be_opened_but_can_be_removed() {
    let mut tree = tree();
    file(&mut tree, "file", b"secret");
    chmod(&mut tree, "file", 0);
    assert_eq!(open(&mut tree, "file", READ), Err(Errno::Access));
    assert_eq!(open(&mut tree, "file", WRITE), Err(Errno::Access));
    assert_eq!(unlink(&mut tree, "file"), Ok(()));
}

#[test]
fn truncating_while_opening_takes_the_permission_to_write() {
    let mut tree = tree();
    file(&mut tree, "file", b"kept");
    chmod(&mut tree, "file", 0o400);
    let how = OpenHow {
        truncate: true,
        ..READ
    };
    assert_eq!(open(&mut tree, "file", how), Err(Errno::Access));
    assert_eq!(tree.stat(lookup(&tree, "file").unwrap()).unwrap().size, 4);
}

#[test]
fn a_directory_without_x_can_be_listed_but_not_entered() {
    let mut tree = tree();
    let inside = directory(&mut tree, "d");
    file(&mut tree, "d/file", b"");
    chmod(&mut tree, "d", 0o600);
    assert_eq!(open(&mut tree, "d", TO_LIST), Ok(inside));
    assert_eq!(lookup(&tree, "d/file"), Err(Errno::Access));
    assert_eq!(lookup(&tree, "d/."), Err(Errno::Access));
    assert_eq!(lookup(&tree, "d"), Ok(inside));
}

#[test]
fn a_directory_without_r_can_be_entered_but_not_listed() {
    let mut tree = tree();
    directory(&mut tree, "d");
    let inode = file(&mut tree, "d/file", b"");
    chmod(&mut tree, "d", 0o300);
    assert_eq!(open(&mut tree, "d", TO_LIST), Err(Errno::Access));
    assert_eq!(lookup(&tree, "d/file"), Ok(inode));
}

#[test]
fn names_of_a_directory_without_w_stay_as_they_are() {
    let mut tree = tree();
    directory(&mut tree, "d");
    directory(&mut tree, "d/below");
    let inode = file(&mut tree, "d/file", b"");
    chmod(&mut tree, "d", 0o500);
    let refused = [
        open(&mut tree, "d/new", CREATE).map(drop),
        tree.make_directory(TOP, b"d/new", 0o755, at(2)).map(drop),
        tree.make_symlink(b"x", TOP, b"d/new", at(2)).map(drop),
        link(&mut tree, "d/file", "d/new"),
        unlink(&mut tree, "d/file"),
        remove_directory(&mut tree, "d/below"),
        rename(&mut tree, "d/file", "file"),
        rename(&mut tree, "d/file", "d/new"),
    ];
    assert_eq!(refused, [Err(Errno::Access); 8]);
    assert_eq!(open(&mut tree, "d/file", CREATE), Ok(inode));
}

#[test]
fn renaming_a_file_to_another_of_its_names_does_nothing() {
    let mut tree = tree();
    let inode = file(&mut tree, "one", b"");
    link(&mut tree, "one", "two").unwrap();
    let before = tree.digest();
    assert_eq!(rename(&mut tree, "one", "two"), Ok(()));
    assert_eq!(rename(&mut tree, "one", "one"), Ok(()));
    assert_eq!(tree.stat(inode).unwrap().links, 2);
    assert_eq!(tree.digest(), before);
}

#[test]
fn a_directory_cannot_be_moved_into_itself() {
    let mut tree = tree();
    directory(&mut tree, "d");
    directory(&mut tree, "d/below");
    assert_eq!(rename(&mut tree, "d", "d/new"), Err(Errno::Invalid));
    assert_eq!(rename(&mut tree, "d", "d/below/new"), Err(Errno::Invalid));
}

#[test]
fn what_holds_the_source_cannot_be_replaced_by_it() {
    let mut tree = tree();
    directory(&mut tree, "d");
    file(&mut tree, "d/file", b"");
    assert_eq!(rename(&mut tree, "d/file", "d"), Err(Errno::NotEmpty));
}

#[test]
fn a_directory_without_w_cannot_get_another_parent() {
    let mut tree = tree();
    directory(&mut tree, "d");
    directory(&mut tree, "other");
    chmod(&mut tree, "d", 0o500);
    assert_eq!(rename(&mut tree, "d", "other/d"), Err(Errno::Access));
    assert_eq!(rename(&mut tree, "d", "renamed"), Ok(()));
}

#[test]
fn a_slash_after_a_link_does_not_reach_through_it_where_a_name_is_changed() {
    let mut tree = tree();
    directory(&mut tree, "d");
    symlink(&mut tree, "d", "link");
    symlink(&mut tree, "missing", "dangling");
    assert_eq!(
        remove_directory(&mut tree, "link/"),
        Err(Errno::NotDirectory)
    );
    assert_eq!(unlink(&mut tree, "link/"), Err(Errno::NotDirectory));
    assert_eq!(rename(&mut tree, "link/", "new"), Err(Errno::NotDirectory));
    let made = tree.make_directory(TOP, b"dangling/", 0o755, at(2));
    assert_eq!(made, Err(Errno::Exists));
}

#[test]
fn a_slash_after_a_link_reaches_through_it_where_an_inode_is_looked_at() {
    let mut tree = tree();
    let inode = directory(&mut tree, "d");
    symlink(&mut tree, "d", "link");
    assert_eq!(tree.lookup(TOP, b"link/", FollowLast::No), Ok(inode));
    assert_eq!(tree.read_link(TOP, b"link/"), Err(Errno::Invalid));
}

#[test]
fn creating_with_a_slash_at_the_end_is_refused_whatever_is_there() {
    let mut tree = tree();
    directory(&mut tree, "d");
    file(&mut tree, "file", b"");
    symlink(&mut tree, "new/", "link");
    for path in ["d/", "file/", "new/", "link"] {
        assert_eq!(
            open(&mut tree, path, CREATE),
            Err(Errno::IsDirectory),
            "{path}"
        );
    }
}

#[test]
fn the_root_cannot_be_removed_renamed_or_made() {
    let mut tree = tree();
    assert_eq!(remove_directory(&mut tree, "/"), Err(Errno::Busy));
    assert_eq!(rename(&mut tree, "/", "x"), Err(Errno::Busy));
    assert_eq!(unlink(&mut tree, "/"), Err(Errno::IsDirectory));
    assert_eq!(
        tree.make_directory(TOP, b"/", 0o755, at(1)),
        Err(Errno::Exists)
    );
}

#[test]
fn dot_and_dot_dot_are_no_names_to_remove() {
    let mut tree = tree();
    directory(&mut tree, "d");
    assert_eq!(remove_directory(&mut tree, "d/."), Err(Errno::Invalid));
    assert_eq!(remove_directory(&mut tree, "d/.."), Err(Errno::NotEmpty));
    assert_eq!(rename(&mut tree, "d/.", "x"), Err(Errno::Busy));
}

#[test]
fn keeping_both_times_changes_nothing() {
    let mut tree = tree();
    let inode = file(&mut tree, "file", b"");
    let before = tree.digest();
    tree.set_times(inode, NewTime::Keep, NewTime::Keep, at(9))
        .unwrap();
    assert_eq!(tree.digest(), before);
}

#[test]
fn a_file_rewritten_under_its_name_with_the_same_content_is_not_modified() {
    let mut tree = tree();
    file(&mut tree, "file", b"same");
    let before = tree.clone();
    file(&mut tree, "copy", b"same");
    rename(&mut tree, "copy", "file").unwrap();
    assert_eq!(listed(&before, &tree), []);
    chmod(&mut tree, "file", 0o600);
    assert_eq!(
        listed(&before, &tree),
        [("/file".to_owned(), ChangeKind::Metadata)]
    );
}

#[test]
fn a_directory_made_again_is_told_by_its_entries() {
    let mut tree = tree();
    directory(&mut tree, "d");
    file(&mut tree, "d/old", b"");
    file(&mut tree, "d/kept", b"");
    let before = tree.clone();
    for path in ["d/old", "d/kept"] {
        unlink(&mut tree, path).unwrap();
    }
    remove_directory(&mut tree, "d").unwrap();
    directory(&mut tree, "d");
    file(&mut tree, "d/kept", b"");
    file(&mut tree, "d/new", b"");
    let expected = [
        ("/d/new".to_owned(), ChangeKind::Created),
        ("/d/old".to_owned(), ChangeKind::Removed),
    ];
    assert_eq!(listed(&before, &tree), expected);
}

#[test]
fn a_moved_directory_is_removed_there_and_created_here_with_all_that_it_holds() {
    let mut tree = tree();
    directory(&mut tree, "old");
    file(&mut tree, "old/file", b"");
    let before = tree.clone();
    rename(&mut tree, "old", "new").unwrap();
    let expected = [
        ("/new", ChangeKind::Created),
        ("/new/file", ChangeKind::Created),
        ("/old", ChangeKind::Removed),
        ("/old/file", ChangeKind::Removed),
    ];
    assert_eq!(
        listed(&before, &tree),
        expected.map(|(path, kind)| (path.to_owned(), kind))
    );
}

#[test]
fn every_name_of_a_changed_file_is_listed() {
    let mut tree = tree();
    let inode = file(&mut tree, "one", b"");
    link(&mut tree, "one", "two").unwrap();
    let before = tree.clone();
    tree.write(inode, 0, b"x", at(2)).unwrap();
    let expected = [
        ("/one".to_owned(), ChangeKind::Modified),
        ("/two".to_owned(), ChangeKind::Modified),
    ];
    assert_eq!(listed(&before, &tree), expected);
}

#[test]
fn the_list_of_changes_is_bounded_and_the_rest_counted() {
    let mut tree = tree_with(TreeLimits {
        inodes_max: 20_000,
        bytes_max: 1 << 30,
        ..WIDE
    });
    let empty = tree.clone();
    let bound = isobox::limits::CHANGED_PATHS_MAX;
    let files: Vec<_> = (0..bound + 3)
        .map(|name| file(&mut tree, &name.to_string(), b""))
        .collect();
    let created = changes(&empty, &tree);
    assert_eq!((created.paths.len(), created.omitted), (bound, 3));

    let before = tree.clone();
    for file in files {
        tree.set_mode(file, 0o600, at(2)).unwrap();
    }
    let changed = changes(&before, &tree);
    assert_eq!((changed.paths.len(), changed.omitted), (bound, 3));
}
