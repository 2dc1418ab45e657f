//! `/proc`: the process table as files, made for whoever looks, at the moment they look.

mod texts;

use super::Machine;
use super::device::Device;
use super::fs::{Content, Entries, FileType, InodeNumber, Kind, Tree, view_name, view_number};
use super::open_files::{Descriptor, Object};
use super::processes::{Pid, Task};
use super::streams::Stream;

/// Where it stands.
pub const PROC: &str = "/proc";

type MachineText = fn(&Machine) -> String;
type ProcessText = fn(&Machine, Pid, &Task) -> Vec<u8>;
type LinkTarget = fn(&Machine, &Task) -> Vec<u8>;

/// The files that are not about a process, in the order of their names.
const MACHINE_FILES: [(&str, MachineText); 7] = [
    ("cpuinfo", texts::cpuinfo),
    ("loadavg", texts::loadavg),
    ("meminfo", texts::meminfo),
    ("mounts", texts::mounts),
    ("stat", texts::machine_stat),
    ("uptime", texts::uptime),
    ("version", texts::version),
];

/// The files about a process.
const PROCESS_FILES: [(&str, ProcessText); 6] = [
    ("cmdline", texts::cmdline),
    ("comm", texts::comm),
    ("environ", texts::environ),
    ("stat", texts::stat),
    ("statm", texts::statm),
    ("status", texts::status),
];

/// The links of a process.
const PROCESS_LINKS: [(&str, LinkTarget); 3] = [
    ("cwd", texts::cwd),
    ("exe", texts::exe),
    ("root", texts::root),
];

/// The directory of a process's descriptors.
const DESCRIPTORS: &str = "fd";

/// Names something in `/proc`: the process (0: none), which of its files, and which descriptor.
#[derive(Clone, Copy)]
struct Name {
    process: Pid,
    file: u8,
    descriptor: u16,
}

/// Bytes of a text that are made at the cost of a step of a lookup.
const BYTES_PER_STEP: u64 = 200;

/// [`Name::file`] of a process's directory, of that of its descriptors, of what is in there and of what is behind that.
const DIRECTORY: u8 = 0x80;
const FD_DIRECTORY: u8 = 0x81;
const FD_LINK: u8 = 0x82;
const FD_BEHIND: u8 = 0x83;
/// [`Name::file`] of the link to the caller's directory.
const SELF: u8 = 0x84;
/// [`Name::file`] of the first link of a process; its files count from 0.
const LINKS: u8 = 0x40;

impl Name {
    fn new(process: Pid, file: u8) -> Name {
        Name {
            process,
            file,
            descriptor: 0,
        }
    }

    fn number(self) -> InodeNumber {
        let file_type = match self.file {
            DIRECTORY | FD_DIRECTORY => FileType::Directory,
            FD_LINK | SELF => FileType::Symlink,
            FD_BEHIND => FileType::CharacterDevice,
            LINKS.. => FileType::Symlink,
            _ => FileType::Regular,
        };
        let process = u64::from(self.process.0) << 24;
        let file = u64::from(self.file) << 16;
        view_number(file_type, process | file | u64::from(self.descriptor))
    }

    fn of(number: InodeNumber) -> Option<Name> {
        let name = view_name(number)?;
        Some(Name {
            process: Pid((name >> 24) as u32),
            file: (name >> 16) as u8,
            descriptor: name as u16,
        })
    }
}

/// What a shell calls a descriptor: 3 is `/` in every process, and no shell knows of it.
fn shell_number(descriptor: u32) -> Option<u32> {
    match descriptor {
        0..3 => Some(descriptor),
        3 => None,
        _ => Some(descriptor - 1),
    }
}

impl Machine {
    /// Makes what was looked for in `/proc` by a process; false if nothing was, or it is not there.
    pub fn show_proc(&mut self, caller: Pid) -> bool {
        let Some(wanted) = self.tree.take_wanted() else {
            return false;
        };
        let Some(place) = self.tree.view_place() else {
            return false;
        };
        if wanted == place {
            self.show_top(place, caller);
            return true;
        }
        let Some(name) = Name::of(wanted) else {
            return false;
        };
        self.show_named(name, place, caller).is_some()
    }

    fn show_top(&mut self, place: InodeNumber, caller: Pid) {
        let files = (0..).zip(MACHINE_FILES).map(|(index, (name, _))| {
            let number = Name::new(Pid::NONE, index).number();
            (name.to_owned(), number)
        });
        let own = ("self".to_owned(), Name::new(caller, SELF).number());
        let processes = self.processes.iter();
        let processes = processes
            .map(|(process, _)| (process.to_string(), Name::new(process, DIRECTORY).number()));
        let entries: Vec<_> = files.chain([own]).chain(processes).collect();
        self.tree.note_work(entries.len() as u64);
        let now_ns = self.clock.now_ns();
        let kind = directory(entries);
        self.tree.show(place, kind, InodeNumber::ROOT, None, now_ns);
    }

    /// Makes what is not the top itself.
    fn show_named(&mut self, name: Name, place: InodeNumber, caller: Pid) -> Option<()> {
        let now_ns = self.clock.now_ns();
        self.tree.note_work(1);
        if name.process == Pid::NONE {
            let (_, text) = MACHINE_FILES.get(usize::from(name.file))?;
            let kind = file(text(self).as_bytes());
            self.tree.show(name.number(), kind, place, None, now_ns);
            return Some(());
        }
        let process = name.process;
        let task = self.processes.get(process).ok()?;
        let own_directory = Name::new(process, DIRECTORY).number();
        let (kind, parent, behind) = match name.file {
            DIRECTORY => (directory(process_entries(process)), place, None),
            SELF => (link(process.to_string().as_bytes()), place, None),
            FD_DIRECTORY => (
                directory(descriptor_entries(process, task)),
                own_directory,
                None,
            ),
            FD_LINK => {
                let (kind, behind) = self.descriptor_link(name, task, caller)?;
                let parent = Name::new(process, FD_DIRECTORY).number();
                (kind, parent, Some(behind))
            }
            FD_BEHIND => {
                let device = Device::Descriptor(name.descriptor.into());
                (Kind::Device(device), own_directory, None)
            }
            LINKS.. => {
                let (_, target) = PROCESS_LINKS.get(usize::from(name.file - LINKS))?;
                (link(&target(self, task)), own_directory, None)
            }
            index => {
                let (_, text) = PROCESS_FILES.get(usize::from(index))?;
                let text = text(self, process, task);
                self.tree.note_work(text.len() as u64 / BYTES_PER_STEP);
                (file(&text), own_directory, None)
            }
        };
        self.tree.show(name.number(), kind, parent, behind, now_ns);
        Some(())
    }

    /// The link to an open file, and what is behind it: of the caller's own its very descriptor, of others the file that it
    /// names, if it has a name.
    fn descriptor_link(&self, name: Name, task: &Task, caller: Pid) -> Option<(Kind, InodeNumber)> {
        let descriptor = task.descriptors.get(name.descriptor.into()).ok()?;
        let object = &self.open_files.get(descriptor.file).ok()?.object;
        let own = Name {
            file: FD_BEHIND,
            ..name
        };
        let behind = match object {
            Object::Directory { inode, .. } => *inode,
            _ if name.process == caller => own.number(),
            object => object.inode().unwrap_or(InodeNumber(0)),
        };
        Some((link(&self.descriptor_target(descriptor, object)), behind))
    }

    fn descriptor_target(&self, descriptor: &Descriptor, object: &Object) -> Vec<u8> {
        match object {
            Object::Pipe {
                pipe, inode: None, ..
            } => format!("pipe:[{}]", pipe.0).into_bytes(),
            Object::Stream { stream, .. } => match stream {
                Stream::Stdin => b"stream:[stdin]".to_vec(),
                Stream::Stdout => b"stream:[stdout]".to_vec(),
                Stream::Stderr => b"stream:[stderr]".to_vec(),
            },
            Object::Directory { .. } if descriptor.preopened_as.as_deref() == Some("/") => {
                b"/".to_vec()
            }
            object => {
                let inode = object.inode().unwrap_or(InodeNumber(0));
                let path = self.tree.path_of(inode);
                path.unwrap_or_else(|| format!("inode:[{}]", inode.0).into_bytes())
            }
        }
    }
}

fn process_entries(process: Pid) -> Vec<(String, InodeNumber)> {
    let files = (0..)
        .zip(PROCESS_FILES)
        .map(|(index, (name, _))| (name, index));
    let links = (LINKS..)
        .zip(PROCESS_LINKS)
        .map(|(index, (name, _))| (name, index));
    let all = files.chain(links).chain([(DESCRIPTORS, FD_DIRECTORY)]);
    all.map(|(name, file)| (name.to_owned(), Name::new(process, file).number()))
        .collect()
}

fn descriptor_entries(process: Pid, task: &Task) -> Vec<(String, InodeNumber)> {
    let numbers = task.descriptors.iter().map(|(number, _)| number);
    numbers
        .filter_map(|number| {
            let name = Name {
                process,
                file: FD_LINK,
                descriptor: u16::try_from(number).ok()?,
            };
            Some((shell_number(number)?.to_string(), name.number()))
        })
        .collect()
}

fn directory(names: Vec<(String, InodeNumber)>) -> Kind {
    let mut entries = Entries::default();
    for (name, number) in names {
        entries.insert(name.as_bytes(), number);
    }
    Kind::Directory {
        entries,
        directories: 0,
    }
}

fn file(text: &[u8]) -> Kind {
    Kind::File(Content::from(text))
}

fn link(target: &[u8]) -> Kind {
    Kind::Symlink(target.into())
}

/// Makes the directory that shows it, and `/dev/fd`, which leads into it.
pub fn place(tree: &mut Tree, now_ns: u64) -> super::Result<()> {
    let root = InodeNumber::ROOT;
    let directory = tree.make_directory(root, PROC.as_bytes(), 0o555, now_ns)?;
    tree.place_view(directory);
    tree.make_symlink(b"/proc/self/fd", root, b"/dev/fd", now_ns)?;
    Ok(())
}
