//! Progress on a terminal, and only there.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use isobox::{CompileProgress, ImportProgress};

/// What is over sooner is not shown: it would only flicker.
const PATIENCE: Duration = Duration::from_millis(300);

/// Shows what takes long: the first compilation of a module, a large import.
#[derive(Default)]
pub struct Progress(Mutex<Option<Shown>>);

/// A bar, and what its thread waits on: dropping the sender says that it is over.
struct Shown(ProgressBar, #[expect(dead_code)] Sender<()>);

impl Progress {
    fn begin(&self, bar: ProgressBar, style: &str) {
        if !io::stderr().is_terminal() {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        let (over, waiting) = mpsc::channel();
        show_later(bar.clone(), waiting);
        if let Ok(mut current) = self.0.lock() {
            *current = Some(Shown(bar, over));
        }
    }

    fn finish(&self) {
        if let Ok(mut current) = self.0.lock()
            && let Some(Shown(bar, _)) = current.take()
        {
            bar.finish_and_clear();
        }
    }
}

/// A bar that is not drawn yet: the usual one draws itself as soon as it has a message.
fn hidden(length: Option<u64>) -> ProgressBar {
    ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden())
}

/// Draws the bar once it has been there for a while.
#[expect(
    clippy::disallowed_methods,
    reason = "no guest learns when its host draws"
)]
fn show_later(bar: ProgressBar, over: Receiver<()>) {
    std::thread::spawn(move || {
        if over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(100));
        }
    });
}

impl CompileProgress for Progress {
    fn begin(&self, name: &str, bytes: usize) {
        let kib = bytes / 1024;
        let bar = hidden(None);
        bar.set_message(format!(
            "compiling {name} ({kib} KiB), once for this machine"
        ));
        self.begin(bar, "{spinner} {msg} {elapsed}");
    }

    fn end(&self) {
        self.finish();
    }
}

impl ImportProgress for Progress {
    fn begin(&self, bytes: u64, files: u64) {
        let bar = hidden(Some(bytes));
        bar.set_message(format!("importing {files} files"));
        self.begin(bar, "{msg} {bar:30} {bytes}/{total_bytes}");
    }

    fn advance(&self, bytes: u64) {
        if let Ok(current) = self.0.lock()
            && let Some(Shown(bar, _)) = &*current
        {
            bar.inc(bytes);
        }
    }

    fn end(&self) {
        self.finish();
    }
}
