//! Which of the machine's descriptors the shell itself has opened, and which of the inherited ones it has taken into care.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use isobox_guest::process;

/// A descriptor that is closed when it is dropped (unless it was inherited and belongs to the process).
pub struct OwnedDescriptor {
    pub number: u32,
    pub close_on_drop: Cell<bool>,
}

/// What the process knows of its own descriptors.
#[derive(Default)]
struct Book {
    /// Opened by the shell; the value says whether it is marked close-on-exec already.
    ours: BTreeMap<u32, bool>,
    /// Inherited ones that the shell has moved or closed: marked close-on-exec, so that a child gets them only where the table says so.
    adopted: BTreeMap<u32, Rc<OwnedDescriptor>>,
}

thread_local! {
    static BOOK: RefCell<Book> = RefCell::default();
}

impl OwnedDescriptor {
    /// Takes over a number that was just opened; `sealed` says that it is close-on-exec.
    pub fn new(number: u32, sealed: bool) -> Rc<OwnedDescriptor> {
        BOOK.with_borrow_mut(|book| book.ours.insert(number, sealed));
        Rc::new(OwnedDescriptor {
            number,
            close_on_drop: Cell::new(true),
        })
    }

    /// A pipe: the end to read from, the end to write to.
    pub fn pipe() -> std::io::Result<(Rc<OwnedDescriptor>, Rc<OwnedDescriptor>)> {
        let (read_end, write_end) = process::pipe(4)?;
        Ok((
            OwnedDescriptor::new(read_end, true),
            OwnedDescriptor::new(write_end, true),
        ))
    }
}

impl Drop for OwnedDescriptor {
    fn drop(&mut self) {
        if !self.close_on_drop.get() {
            return;
        }
        let _ = BOOK.try_with(|book| {
            if let Ok(mut book) = book.try_borrow_mut() {
                book.ours.remove(&self.number);
            }
        });
        // SAFETY: takes no pointer.
        unsafe { libc::close(self.number as i32) };
    }
}

/// Whether the shell opened this number of the machine's, so that nothing was inherited under it.
pub fn is_ours(number: u32) -> bool {
    BOOK.with_borrow(|book| book.ours.contains_key(&number))
}

/// Whether a number is open in the machine.
pub fn is_open(number: u32) -> bool {
    // SAFETY: takes no pointer.
    unsafe { libc::fcntl(number as i32, libc::F_GETFL) >= 0 }
}

/// Takes an inherited descriptor into care: from now on a child gets it only explicitly.
pub fn adopt(number: u32) -> Rc<OwnedDescriptor> {
    BOOK.with_borrow_mut(|book| {
        (book.adopted.entry(number))
            .or_insert_with(|| {
                let _ = process::set_cloexec(number, true);
                Rc::new(OwnedDescriptor {
                    number,
                    close_on_drop: Cell::new(false),
                })
            })
            .clone()
    })
}

/// Closes an inherited descriptor for good, once no other number leads to it.
pub fn release(number: u32) {
    BOOK.with_borrow_mut(|book| {
        if let Some(owned) = book.adopted.remove(&number) {
            owned.close_on_drop.set(true);
        }
    });
}

/// Sees to it that a child inherits nothing by accident, and returns the numbers it has to be given explicitly.
pub fn seal() -> Vec<u32> {
    BOOK.with_borrow_mut(|book| {
        for (&number, sealed) in &mut book.ours {
            if !*sealed {
                *sealed = process::set_cloexec(number, true).is_ok();
            }
        }
        book.adopted.keys().copied().collect()
    })
}
