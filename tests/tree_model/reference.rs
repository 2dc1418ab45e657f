//! A file tree that is obviously right and slow: plain maps, every question answered by a search.
//!
//! It is written from POSIX and from what Linux answers, and knows nothing of how the machine does it. Two rules are
//! the machine's own: names are UTF-8, and a directory that was removed has no `..` any more (POSIX allows it).

use std::collections::BTreeMap;

use isobox::machine::Errno;
use isobox::machine::fs::{ChangeKind, NewTime, OpenHow, TreeLimits};

type Result<T> = std::result::Result<T, Errno>;

/// What an inode and an entry count for, as the manual of the limits has it.
const INODE_BYTES: u64 = 512;
const ENTRY_BYTES: u64 = 128;

pub const ROOT: u64 = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    File(Vec<u8>),
    Directory(BTreeMap<Vec<u8>, u64>),
    Symlink(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub body: Body,
    pub mode: u16,
    pub accessed_ns: u64,
    pub modified_ns: u64,
    pub changed_ns: u64,
    /// How often it is open.
    pub open: u32,
}

#[derive(Clone, Debug)]
pub struct Reference {
    pub nodes: BTreeMap<u64, Node>,
    next: u64,
    limits: TreeLimits,
}

/// The last component of a path, and the directory it is looked up in.
struct Ending {
    directory: u64,
    last: Last,
    /// A slash follows it.
    slash: bool,
}

enum Last {
    Root,
    Dot,
    DotDot,
    Name(Vec<u8>),
}

impl Reference {
    pub fn new(limits: TreeLimits, now_ns: u64) -> Reference {
        let root = node(Body::Directory(BTreeMap::new()), 0o755, now_ns);
        Reference {
            nodes: BTreeMap::from([(ROOT, root)]),
            next: ROOT + 1,
            limits,
        }
    }

    pub fn bytes(&self) -> u64 {
        let of = |node: &Node| match &node.body {
            Body::File(bytes) | Body::Symlink(bytes) => bytes.len() as u64,
            Body::Directory(entries) => entries
                .keys()
                .map(|name| ENTRY_BYTES + name.len() as u64)
                .sum(),
        };
        self.nodes.values().map(|node| INODE_BYTES + of(node)).sum()
    }

    pub fn links(&self, inode: u64) -> u64 {
        let names = self
            .nodes
            .values()
            .flat_map(names_in)
            .filter(|(_, at)| *at == inode);
        match &self.nodes[&inode].body {
            Body::Directory(_) if !self.has_name(inode) => 0,
            Body::Directory(entries) => {
                2 + entries
                    .values()
                    .filter(|at| self.is_directory(**at))
                    .count() as u64
            }
            _ => names.count() as u64,
        }
    }

    pub fn size(&self, inode: u64) -> u64 {
        match &self.nodes[&inode].body {
            Body::File(bytes) | Body::Symlink(bytes) => bytes.len() as u64,
            Body::Directory(_) => 4096,
        }
    }

    pub fn is_file(&self, inode: u64) -> bool {
        matches!(self.nodes[&inode].body, Body::File(_))
    }

    pub fn is_directory(&self, inode: u64) -> bool {
        matches!(self.nodes[&inode].body, Body::Directory(_))
    }

    /// Every path there is, without what the root itself is.
    pub fn paths(&self) -> BTreeMap<Vec<u8>, u64> {
        let mut found = BTreeMap::new();
        self.collect(ROOT, b"", &mut found);
        found
    }

    fn collect(&self, directory: u64, path: &[u8], found: &mut BTreeMap<Vec<u8>, u64>) {
        for (name, inode) in names_in(&self.nodes[&directory]) {
            let path = [path, b"/", name].concat();
            if self.is_directory(inode) {
                self.collect(inode, &path, found);
            }
            found.insert(path, inode);
        }
    }

    /// What is different in `after`, path by path.
    pub fn changes(&self, after: &Reference) -> BTreeMap<Vec<u8>, ChangeKind> {
        let (mut old, mut new) = (self.paths(), after.paths());
        old.insert(b"/".to_vec(), ROOT);
        new.insert(b"/".to_vec(), ROOT);
        let all: Vec<_> = old.keys().chain(new.keys()).cloned().collect();
        let kind = |path: &Vec<u8>| match (old.get(path), new.get(path)) {
            (Some(_), None) => Some(ChangeKind::Removed),
            (None, Some(_)) => Some(ChangeKind::Created),
            (Some(a), Some(b)) => difference(&self.nodes[a], &after.nodes[b]),
            (None, None) => None,
        };
        all.into_iter()
            .filter_map(|path| kind(&path).map(|kind| (path, kind)))
            .collect()
    }

    // From a path to an inode.

    /// What `stat` finds.
    pub fn lookup(&self, from: u64, path: &[u8], follow: bool) -> Result<u64> {
        check_path(path)?;
        self.walk(from, path, follow, &mut 0)
    }

    fn walk(&self, from: u64, path: &[u8], follow: bool, hops: &mut u32) -> Result<u64> {
        let ending = self.ending(from, path, hops)?;
        let inode = match &ending.last {
            Last::Root | Last::Dot => ending.directory,
            Last::DotDot => self.parent(ending.directory)?,
            Last::Name(name) => {
                let inode = self.find(ending.directory, name)?.ok_or(Errno::NoEntry)?;
                let follow = follow || ending.slash;
                self.follow(ending.directory, inode, follow, hops)?
            }
        };
        if ending.slash && !self.is_directory(inode) {
            return Err(Errno::NotDirectory);
        }
        Ok(inode)
    }

    fn follow(&self, directory: u64, inode: u64, follow: bool, hops: &mut u32) -> Result<u64> {
        match &self.nodes[&inode].body {
            Body::Symlink(target) if follow => {
                hop(hops)?;
                self.walk(directory, target, true, hops)
            }
            _ => Ok(inode),
        }
    }

    /// Walks through everything but the last component.
    fn ending(&self, from: u64, path: &[u8], hops: &mut u32) -> Result<Ending> {
        let mut directory = if path.starts_with(b"/") { ROOT } else { from };
        let components: Vec<&[u8]> = path
            .split(|byte| *byte == b'/')
            .filter(|name| !name.is_empty())
            .collect();
        let Some((last, before)) = components.split_last() else {
            return Ok(Ending {
                directory,
                last: Last::Root,
                slash: true,
            });
        };
        for name in before {
            self.may_search(directory)?;
            directory = match *name {
                b"." => directory,
                b".." => self.parent(directory)?,
                name => {
                    let inode = self.find(directory, name)?.ok_or(Errno::NoEntry)?;
                    self.follow(directory, inode, true, hops)?
                }
            };
        }
        self.may_search(directory)?;
        let last = match *last {
            b"." => Last::Dot,
            b".." => Last::DotDot,
            name => Last::Name(name.to_vec()),
        };
        Ok(Ending {
            directory,
            last,
            slash: path.ends_with(b"/"),
        })
    }

    fn find(&self, directory: u64, name: &[u8]) -> Result<Option<u64>> {
        if name.len() > 255 {
            return Err(Errno::NameTooLong);
        }
        Ok(self.entries(directory).get(name).copied())
    }

    fn parent(&self, directory: u64) -> Result<u64> {
        if directory == ROOT {
            return Ok(ROOT);
        }
        let holds = |node: &Node| names_in(node).any(|(_, inode)| inode == directory);
        let parent = self.nodes.iter().find(|(_, node)| holds(node));
        parent.map(|(number, _)| *number).ok_or(Errno::NoEntry)
    }

    fn has_name(&self, inode: u64) -> bool {
        let mut names = self.nodes.values().flat_map(names_in);
        inode == ROOT || names.any(|(_, at)| at == inode)
    }

    /// Whether `directory` is `ancestor` or stands somewhere below it.
    fn is_in(&self, directory: u64, ancestor: u64) -> bool {
        directory == ancestor
            || (directory != ROOT
                && self
                    .parent(directory)
                    .is_ok_and(|parent| self.is_in(parent, ancestor)))
    }

    fn may_search(&self, directory: u64) -> Result<()> {
        if !self.is_directory(directory) {
            return Err(Errno::NotDirectory);
        }
        if self.nodes[&directory].mode & 0o100 == 0 {
            return Err(Errno::Access);
        }
        Ok(())
    }

    /// Whether names may be made in and removed from a directory.
    fn may_change(&self, directory: u64) -> Result<()> {
        if !self.has_name(directory) {
            return Err(Errno::NoEntry);
        }
        if self.nodes[&directory].mode & 0o300 != 0o300 {
            return Err(Errno::Access);
        }
        Ok(())
    }

    // Operations on names.

    pub fn open(&mut self, from: u64, path: &[u8], how: OpenHow, now_ns: u64) -> Result<u64> {
        if how.create && how.directory {
            return Err(Errno::Invalid);
        }
        check_path(path)?;
        let inode = if how.create {
            match self.find_or_create(from, path, how, now_ns)? {
                (inode, true) => return Ok(inode),
                (inode, false) => inode,
            }
        } else {
            self.lookup(from, path, !how.no_follow)?
        };
        let node = &self.nodes[&inode];
        let is_directory = matches!(node.body, Body::Directory(_));
        if is_directory && how.create {
            return Err(Errno::IsDirectory);
        }
        if how.directory && !is_directory {
            return Err(Errno::NotDirectory);
        }
        if matches!(node.body, Body::Symlink(_)) {
            return Err(Errno::Loop);
        }
        if is_directory && (how.write || how.truncate) {
            return Err(Errno::IsDirectory);
        }
        let lacks_read = how.read && node.mode & 0o400 == 0;
        let lacks_write = (how.write || how.truncate) && node.mode & 0o200 == 0;
        if lacks_read || lacks_write {
            return Err(Errno::Access);
        }
        if how.truncate {
            self.truncate(inode, 0, now_ns)?;
        }
        Ok(inode)
    }

    /// `O_CREAT`: the inode, and whether it is new. Here a slash at the end never means "follow".
    fn find_or_create(
        &mut self,
        from: u64,
        path: &[u8],
        how: OpenHow,
        now_ns: u64,
    ) -> Result<(u64, bool)> {
        let (mut from, mut path, mut hops) = (from, path.to_vec(), 0);
        loop {
            let ending = self.ending(from, &path, &mut hops)?;
            let Last::Name(name) = ending.last else {
                return Err(if how.exclusive {
                    Errno::Exists
                } else {
                    Errno::IsDirectory
                });
            };
            if ending.slash {
                return Err(Errno::IsDirectory);
            }
            let Some(inode) = self.find(ending.directory, &name)? else {
                self.may_change(ending.directory)?;
                let file = node(Body::File(Vec::new()), how.mode & 0o7777, now_ns);
                return Ok((self.add(ending.directory, &name, file, now_ns)?, true));
            };
            if how.exclusive {
                return Err(Errno::Exists);
            }
            match &self.nodes[&inode].body {
                Body::Symlink(target) if !how.no_follow => {
                    hop(&mut hops)?;
                    (from, path) = (ending.directory, target.clone());
                }
                _ => return Ok((inode, false)),
            }
        }
    }

    pub fn mkdir(&mut self, from: u64, path: &[u8], mode: u16, now_ns: u64) -> Result<u64> {
        let (directory, name, _) = self.free_name(from, path)?;
        self.may_change(directory)?;
        let new = node(Body::Directory(BTreeMap::new()), mode & 0o7777, now_ns);
        self.add(directory, &name, new, now_ns)
    }

    pub fn symlink(&mut self, target: &[u8], from: u64, path: &[u8], now_ns: u64) -> Result<u64> {
        check_path(target)?;
        let (directory, name, slash) = self.free_name(from, path)?;
        if slash {
            return Err(Errno::NoEntry);
        }
        self.may_change(directory)?;
        let new = node(Body::Symlink(target.to_vec()), 0o777, now_ns);
        self.add(directory, &name, new, now_ns)
    }

    pub fn link(
        &mut self,
        (old_from, old): (u64, &[u8]),
        follow: bool,
        (new_from, new): (u64, &[u8]),
        now_ns: u64,
    ) -> Result<()> {
        let inode = self.lookup(old_from, old, follow)?;
        let (directory, name, slash) = self.free_name(new_from, new)?;
        if slash {
            return Err(Errno::NoEntry);
        }
        self.may_change(directory)?;
        if self.is_directory(inode) {
            return Err(Errno::NotPermitted);
        }
        self.check_room(ENTRY_BYTES + name.len() as u64)?;
        self.entries_mut(directory, now_ns).insert(name, inode);
        self.node_mut(inode).changed_ns = now_ns;
        Ok(())
    }

    pub fn unlink(&mut self, from: u64, path: &[u8], now_ns: u64) -> Result<()> {
        check_path(path)?;
        let ending = self.ending(from, path, &mut 0)?;
        let Last::Name(name) = ending.last else {
            return Err(Errno::IsDirectory);
        };
        let inode = self.find(ending.directory, &name)?.ok_or(Errno::NoEntry)?;
        if ending.slash && !self.is_directory(inode) {
            return Err(Errno::NotDirectory);
        }
        if ending.slash {
            return Err(Errno::IsDirectory);
        }
        self.may_change(ending.directory)?;
        if self.is_directory(inode) {
            return Err(Errno::IsDirectory);
        }
        self.strike(ending.directory, &name, now_ns);
        Ok(())
    }

    pub fn rmdir(&mut self, from: u64, path: &[u8], now_ns: u64) -> Result<()> {
        check_path(path)?;
        let ending = self.ending(from, path, &mut 0)?;
        let name = match ending.last {
            Last::Root => return Err(Errno::Busy),
            Last::Dot => return Err(Errno::Invalid),
            Last::DotDot => return Err(Errno::NotEmpty),
            Last::Name(name) => name,
        };
        let inode = self.find(ending.directory, &name)?.ok_or(Errno::NoEntry)?;
        self.may_change(ending.directory)?;
        if !self.is_directory(inode) {
            return Err(Errno::NotDirectory);
        }
        if !self.entries(inode).is_empty() {
            return Err(Errno::NotEmpty);
        }
        self.strike(ending.directory, &name, now_ns);
        Ok(())
    }

    pub fn rename(
        &mut self,
        (old_from, old): (u64, &[u8]),
        (new_from, new): (u64, &[u8]),
        now_ns: u64,
    ) -> Result<()> {
        check_path(old)?;
        let source = self.ending(old_from, old, &mut 0)?;
        check_path(new)?;
        let target = self.ending(new_from, new, &mut 0)?;
        let (Last::Name(old_name), Last::Name(new_name)) = (source.last, target.last) else {
            return Err(Errno::Busy);
        };
        let moved = self
            .find(source.directory, &old_name)?
            .ok_or(Errno::NoEntry)?;
        let replaced = self.find(target.directory, &new_name)?;
        let moves_directory = self.is_directory(moved);
        if !moves_directory && (source.slash || target.slash) {
            return Err(Errno::NotDirectory);
        }
        let elsewhere = source.directory != target.directory;
        if elsewhere && moves_directory && self.is_in(target.directory, moved) {
            return Err(Errno::Invalid);
        }
        if elsewhere && replaced.is_some_and(|replaced| self.is_in(source.directory, replaced)) {
            return Err(Errno::NotEmpty);
        }
        if replaced == Some(moved) {
            return Ok(());
        }
        self.may_change(source.directory)?;
        self.may_change(target.directory)?;
        match replaced.map(|replaced| self.is_directory(replaced)) {
            Some(false) if moves_directory => return Err(Errno::NotDirectory),
            Some(true) if !moves_directory => return Err(Errno::IsDirectory),
            _ => {}
        }
        // Its `..` is about to change.
        if elsewhere && moves_directory && self.nodes[&moved].mode & 0o200 == 0 {
            return Err(Errno::Access);
        }
        match replaced {
            Some(replaced) if moves_directory && !self.entries(replaced).is_empty() => {
                return Err(Errno::NotEmpty);
            }
            Some(_) => self.strike(target.directory, &new_name, now_ns),
            None => {
                let growth = new_name.len().saturating_sub(old_name.len());
                self.check_room(growth as u64)?;
            }
        }
        self.entries_mut(source.directory, now_ns).remove(&old_name);
        self.entries_mut(target.directory, now_ns)
            .insert(new_name, moved);
        self.node_mut(moved).changed_ns = now_ns;
        Ok(())
    }

    pub fn readlink(&self, from: u64, path: &[u8]) -> Result<Vec<u8>> {
        match &self.nodes[&self.lookup(from, path, false)?].body {
            Body::Symlink(target) => Ok(target.clone()),
            _ => Err(Errno::Invalid),
        }
    }

    pub fn list(&self, directory: u64) -> Result<Vec<(Vec<u8>, u64)>> {
        if !self.is_directory(directory) {
            return Err(Errno::NotDirectory);
        }
        if self.nodes[&directory].mode & 0o400 == 0 {
            return Err(Errno::Access);
        }
        Ok(self.entries(directory).clone().into_iter().collect())
    }

    // Operations on inodes.

    pub fn read(&self, file: u64, offset: u64, length: usize) -> Vec<u8> {
        let bytes = self.bytes_of(file).iter().skip(offset as usize);
        bytes.take(length).copied().collect()
    }

    pub fn write(&mut self, file: u64, offset: u64, data: &[u8], now_ns: u64) -> Result<usize> {
        if data.is_empty() {
            return Ok(0);
        }
        let end_max = self.size_max(file);
        if offset >= end_max {
            return Err(self.why_not(offset + 1));
        }
        let length = data.len().min((end_max - offset) as usize);
        let (start, end) = (offset as usize, offset as usize + length);
        let bytes = self.bytes_mut(file, now_ns);
        bytes.resize(bytes.len().max(end), 0);
        bytes[start..end].copy_from_slice(&data[..length]);
        Ok(length)
    }

    pub fn truncate(&mut self, file: u64, size: u64, now_ns: u64) -> Result<()> {
        if size > self.size_max(file) {
            return Err(self.why_not(size));
        }
        self.bytes_mut(file, now_ns).resize(size as usize, 0);
        Ok(())
    }

    pub fn utimens(&mut self, inode: u64, accessed: NewTime, modified: NewTime, now_ns: u64) {
        // `UTIME_OMIT` twice: nothing happens at all.
        if (accessed, modified) == (NewTime::Keep, NewTime::Keep) {
            return;
        }
        let node = self.node_mut(inode);
        for (new, time_ns) in [
            (accessed, &mut node.accessed_ns),
            (modified, &mut node.modified_ns),
        ] {
            match new {
                NewTime::Keep => {}
                NewTime::Now => *time_ns = now_ns,
                NewTime::At(at_ns) => *time_ns = at_ns,
            }
        }
        node.changed_ns = now_ns;
    }

    pub fn chmod(&mut self, inode: u64, mode: u16, now_ns: u64) {
        let node = self.node_mut(inode);
        node.mode = mode & 0o7777;
        node.changed_ns = now_ns;
    }

    pub fn hold(&mut self, inode: u64) {
        self.node_mut(inode).open += 1;
    }

    pub fn release(&mut self, inode: u64) {
        self.node_mut(inode).open -= 1;
        self.forget_unless_used(inode);
    }

    // Helpers.

    fn free_name(&self, from: u64, path: &[u8]) -> Result<(u64, Vec<u8>, bool)> {
        check_path(path)?;
        let ending = self.ending(from, path, &mut 0)?;
        let Last::Name(name) = ending.last else {
            return Err(Errno::Exists);
        };
        match self.find(ending.directory, &name)? {
            Some(_) => Err(Errno::Exists),
            None => Ok((ending.directory, name, ending.slash)),
        }
    }

    fn add(&mut self, directory: u64, name: &[u8], node: Node, now_ns: u64) -> Result<u64> {
        let own = match &node.body {
            Body::Symlink(target) => target.len() as u64,
            _ => 0,
        };
        if self.nodes.len() as u64 >= self.limits.inodes_max {
            return Err(Errno::NoSpace);
        }
        self.check_room(INODE_BYTES + own + ENTRY_BYTES + name.len() as u64)?;
        let number = self.next;
        self.next += 1;
        self.nodes.insert(number, node);
        self.entries_mut(directory, now_ns)
            .insert(name.to_vec(), number);
        Ok(number)
    }

    fn strike(&mut self, directory: u64, name: &[u8], now_ns: u64) {
        let inode = self.entries_mut(directory, now_ns).remove(name).unwrap();
        self.node_mut(inode).changed_ns = now_ns;
        self.forget_unless_used(inode);
    }

    fn forget_unless_used(&mut self, inode: u64) {
        if !self.has_name(inode) && self.nodes[&inode].open == 0 {
            self.nodes.remove(&inode);
        }
    }

    fn check_room(&self, more: u64) -> Result<()> {
        if more > 0 && self.bytes() + more > self.limits.bytes_max {
            return Err(Errno::NoSpace);
        }
        Ok(())
    }

    /// How large this file can become.
    fn size_max(&self, file: u64) -> u64 {
        let size = self.size(file);
        let room = size + (self.limits.bytes_max - self.bytes());
        room.min(self.limits.file_bytes_max)
    }

    fn why_not(&self, size: u64) -> Errno {
        if size > self.limits.file_bytes_max {
            Errno::FileTooBig
        } else {
            Errno::NoSpace
        }
    }

    fn node_mut(&mut self, inode: u64) -> &mut Node {
        self.nodes.get_mut(&inode).unwrap()
    }

    fn entries(&self, directory: u64) -> &BTreeMap<Vec<u8>, u64> {
        match &self.nodes[&directory].body {
            Body::Directory(entries) => entries,
            other => panic!("no directory: {other:?}"),
        }
    }

    /// The entries, about to be changed.
    fn entries_mut(&mut self, directory: u64, now_ns: u64) -> &mut BTreeMap<Vec<u8>, u64> {
        let node = self.node_mut(directory);
        (node.modified_ns, node.changed_ns) = (now_ns, now_ns);
        match &mut node.body {
            Body::Directory(entries) => entries,
            other => panic!("no directory: {other:?}"),
        }
    }

    fn bytes_of(&self, file: u64) -> &[u8] {
        match &self.nodes[&file].body {
            Body::File(bytes) => bytes,
            other => panic!("no file: {other:?}"),
        }
    }

    /// The content, about to be changed.
    fn bytes_mut(&mut self, file: u64, now_ns: u64) -> &mut Vec<u8> {
        let node = self.node_mut(file);
        (node.modified_ns, node.changed_ns) = (now_ns, now_ns);
        match &mut node.body {
            Body::File(bytes) => bytes,
            other => panic!("no file: {other:?}"),
        }
    }
}

fn node(body: Body, mode: u16, now_ns: u64) -> Node {
    Node {
        body,
        mode,
        accessed_ns: now_ns,
        modified_ns: now_ns,
        changed_ns: now_ns,
        open: 0,
    }
}

fn names_in(node: &Node) -> impl Iterator<Item = (&[u8], u64)> {
    let entries = match &node.body {
        Body::Directory(entries) => Some(entries),
        _ => None,
    };
    entries
        .into_iter()
        .flatten()
        .map(|(name, inode)| (&name[..], *inode))
}

/// What the manual of `ChangeKind` says of two nodes with one path.
fn difference(old: &Node, new: &Node) -> Option<ChangeKind> {
    let times = |node: &Node| (node.accessed_ns, node.modified_ns);
    match (&old.body, &new.body) {
        (Body::Directory(_), Body::Directory(_)) => {
            (old.mode != new.mode).then_some(ChangeKind::Metadata)
        }
        (a, b) if a != b => Some(ChangeKind::Modified),
        _ if old.mode != new.mode || times(old) != times(new) => Some(ChangeKind::Metadata),
        _ => None,
    }
}

fn hop(hops: &mut u32) -> Result<()> {
    *hops += 1;
    if *hops > 40 {
        return Err(Errno::Loop);
    }
    Ok(())
}

fn check_path(path: &[u8]) -> Result<()> {
    if path.is_empty() {
        return Err(Errno::NoEntry);
    }
    if path.len() > 4095 {
        return Err(Errno::NameTooLong);
    }
    if path.contains(&0) {
        return Err(Errno::Invalid);
    }
    std::str::from_utf8(path)
        .map(drop)
        .map_err(|_| Errno::IllegalBytes)
}
