//! Progress on a terminal, and only there.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use isobox::{CompileProgress, ImportProgress};

/// Shows what takes long: the first compilation of a module, a large import.
#[derive(Default)]
pub struct Progress(Mutex<Option<ProgressBar>>);

impl Progress {
    fn begin(&self, bar: ProgressBar, style: &str) {
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        if let Ok(mut current) = self.0.lock() {
            *current = Some(bar);
        }
    }

    fn finish(&self) {
        if let Ok(mut current) = self.0.lock()
            && let Some(bar) = current.take()
        {
            bar.finish_and_clear();
        }
    }
}

impl CompileProgress for Progress {
    fn begin(&self, name: &str, bytes: usize) {
        let kib = bytes / 1024;
        let bar = ProgressBar::new_spinner();
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
        let bar = ProgressBar::new(bytes);
        bar.set_message(format!("importing {files} files"));
        self.begin(bar, "{msg} {bar:30} {bytes}/{total_bytes}");
    }

    fn advance(&self, bytes: u64) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = &*current
        {
            bar.inc(bytes);
        }
    }

    fn end(&self) {
        self.finish();
    }
}
