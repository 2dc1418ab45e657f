//! `--stats`, and what `--json` ends with.

use crate::options::Mode;
use grep_printer::Stats;
use std::io::{self, Write};
use std::time::Duration;

pub fn write(mode: Mode, stats: &Stats, elapsed: Duration, out: &mut dyn Write) -> io::Result<()> {
    if mode == Mode::Json {
        let summary = serde_json::json!({
            "data": {
                "elapsed_total": {
                    "human": format!("{:0.6}s", elapsed.as_secs_f64()),
                    "nanos": elapsed.subsec_nanos(),
                    "secs": elapsed.as_secs(),
                },
                "stats": stats,
            },
            "type": "summary",
        });
        return writeln!(out, "{summary}");
    }
    writeln!(out)?;
    writeln!(out, "{} matches", stats.matches())?;
    writeln!(out, "{} matched lines", stats.matched_lines())?;
    writeln!(
        out,
        "{} files contained matches",
        stats.searches_with_match()
    )?;
    writeln!(out, "{} files searched", stats.searches())?;
    writeln!(out, "{} bytes printed", stats.bytes_printed())?;
    writeln!(out, "{} bytes searched", stats.bytes_searched())?;
    let searching = stats.elapsed().as_secs_f64();
    writeln!(out, "{searching:0.6} seconds spent searching")?;
    writeln!(out, "{:0.6} seconds total", elapsed.as_secs_f64())
}
