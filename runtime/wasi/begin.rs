//! What a process has open when it begins.

use std::sync::Arc;

use super::preview1::rights;
use crate::machine::fs::InodeNumber;
use crate::machine::{
    Descriptor, Descriptors, Errno, Listing, Machine, Object, Pid, Result, Rights, Stream,
};

/// The descriptor of `/`, where the C library looks for its directories.
pub const ROOT_DESCRIPTOR: u32 = 3;

/// What a program gets of what its beginner has open.
pub struct Inheritance {
    /// Everything that isn't close-on-exec, under the same numbers.
    pub all: bool,
    /// What is laid over that: its number, the beginner's number.
    pub map: Vec<(u32, u32)>,
}

impl Inheritance {
    /// Whether everything that is to be passed on is there, and has a place.
    pub fn check(&self, own: &Descriptors) -> Result<()> {
        for (number, from) in &self.map {
            own.get(*from)?;
            if *number == ROOT_DESCRIPTOR || !own.has_number(*number) {
                return Err(Errno::BadDescriptor);
            }
        }
        Ok(())
    }
}

/// Descriptors 0 to 2 are the streams of the call, 3 is `/`, then the further preopens.
pub fn first_descriptors(
    machine: &mut Machine,
    preopens: Vec<(Arc<str>, InodeNumber)>,
) -> Result<Descriptors> {
    let mut descriptors = Descriptors::new(machine.limits.open_files_max);
    let call = machine.call;
    for (stream, base) in [
        (Stream::Stdin, rights::STREAM_IN),
        (Stream::Stdout, rights::STREAM_OUT),
        (Stream::Stderr, rights::STREAM_OUT),
    ] {
        let file = machine.open_files.add(Object::Stream { stream, call }, 0);
        descriptors.add(Descriptor {
            file,
            rights: Rights {
                base,
                inheriting: 0,
            },
            preopened_as: None,
            close_on_exec: false,
        })?;
    }
    let root = (Arc::from("/"), InodeNumber::ROOT);
    for (name, inode) in std::iter::once(root).chain(preopens) {
        let directory = preopened(machine, name, inode);
        descriptors.add(directory)?;
    }
    Ok(descriptors)
}

/// What a program gets from a process: `/` anew, and what an inheritance says, which was checked.
pub fn inherit(machine: &mut Machine, from: Pid, inheritance: &Inheritance) -> Result<Descriptors> {
    let own = machine.processes.get(from)?.descriptors.clone();
    let mut descriptors = Descriptors::new(machine.limits.open_files_max);
    let root = preopened(machine, Arc::from("/"), InodeNumber::ROOT);
    descriptors.put(ROOT_DESCRIPTOR, root)?;
    let kept = own.iter().filter(|(number, descriptor)| {
        inheritance.all && *number != ROOT_DESCRIPTOR && !descriptor.close_on_exec
    });
    for (number, descriptor) in kept {
        machine.open_files.share(descriptor.file);
        descriptors.put(number, descriptor.clone())?;
    }
    for (number, from) in &inheritance.map {
        let descriptor = Descriptor {
            preopened_as: None,
            close_on_exec: false,
            ..own.get(*from)?.clone()
        };
        machine.open_files.share(descriptor.file);
        if let Some(before) = descriptors.put(*number, descriptor)? {
            machine.close(before.file);
        }
    }
    Ok(descriptors)
}

fn preopened(machine: &mut Machine, name: Arc<str>, inode: InodeNumber) -> Descriptor {
    machine.tree.hold(inode);
    let directory = Object::Directory {
        inode,
        listing: Listing::default(),
    };
    Descriptor {
        file: machine.open_files.add(directory, 0),
        rights: Rights {
            base: rights::DIRECTORY,
            inheriting: rights::ALL,
        },
        preopened_as: Some(name),
        close_on_exec: false,
    }
}
