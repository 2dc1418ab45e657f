//! `edit`: one text in the place of another, once or everywhere.

use crate::answer::{Answer, Failure, failed, unusable};
use crate::arguments::Arguments;
use crate::files::{self, Trouble};
use crate::read::SHOWN_BYTES_MAX;
use crate::replace::Replacement;

pub fn edit(arguments: &Arguments) -> Answer {
    let path = arguments.text("file_path")?;
    let old = arguments.text("old_string")?;
    let new = arguments.text("new_string")?;
    let is_everywhere = arguments.flag("replace_all")?;
    let content = files::load(path, SHOWN_BYTES_MAX).map_err(|trouble| about(path, trouble))?;
    if old.is_empty() {
        return Err(unusable(format!(
            "edit: old_string is empty: give the text of {path} that is to be replaced"
        )));
    }
    let replacement = Replacement::new(&content, old, new);
    let (first, count) = replacement.occurrences(&content);
    let Some(first) = first else {
        return Err(failed(format!("edit: old_string not found in {path}")));
    };
    let edited = match (count, is_everywhere) {
        (_, true) => replacement.everywhere(&content),
        (1, false) => replacement.at(&content, first),
        (_, false) => {
            return Err(failed(format!(
                "edit: old_string appears {count} times in {path} (must be unique)"
            )));
        }
    };
    files::store(path, edited.as_bytes()).map_err(|trouble| about(path, trouble))?;
    Ok(format!("edited {path} ({count} replacement(s))"))
}

fn about(path: &str, trouble: Trouble) -> Failure {
    failed(match trouble {
        Trouble::TooLarge { bytes, limit } => format!(
            "edit: {path} is {bytes} bytes, exceeds {limit}-byte limit. The edit tool loads the whole file and cannot \
             modify a file this large."
        ),
        Trouble::Binary { .. } => {
            format!("edit: {path}: not valid UTF-8 text (cannot edit binary files)")
        }
        trouble => format!("edit: {path}: {trouble}"),
    })
}
