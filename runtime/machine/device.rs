//! The device files of `/dev`.

/// A device file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// Swallows what is written, is empty when read.
    Null,
    /// Endless zeros.
    Zero,
    /// Endless zeros; writing answers `ENOSPC`.
    Full,
    /// The session's entropy.
    Random,
    /// The same as [`Device::Random`].
    Urandom,
    /// The opener's own descriptor 0.
    Stdin,
    /// The opener's own descriptor 1.
    Stdout,
    /// The opener's own descriptor 2.
    Stderr,
    /// The opener's own descriptor of this number. It is in no tree, but behind the links of `/proc/self/fd`.
    Descriptor(u32),
}

impl Device {
    /// Every device of `/dev`, in the order in which a new machine makes them.
    pub const ALL: [Device; 8] = [
        Device::Null,
        Device::Zero,
        Device::Full,
        Device::Random,
        Device::Urandom,
        Device::Stdin,
        Device::Stdout,
        Device::Stderr,
    ];

    /// Its name under `/dev`.
    pub fn name(self) -> &'static str {
        match self {
            Device::Null => "null",
            Device::Zero => "zero",
            Device::Full => "full",
            Device::Random => "random",
            Device::Urandom => "urandom",
            Device::Stdin => "stdin",
            Device::Stdout => "stdout",
            Device::Stderr => "stderr",
            Device::Descriptor(_) => "descriptor",
        }
    }

    /// The descriptor that opening this device duplicates.
    pub fn descriptor(self) -> Option<u32> {
        match self {
            Device::Stdin => Some(0),
            Device::Stdout => Some(1),
            Device::Stderr => Some(2),
            Device::Descriptor(number) => Some(number),
            _ => None,
        }
    }
}
