//! `write`: a whole file.

use crate::answer::{Answer, failed, unusable};
use crate::arguments::Arguments;
use crate::files;

pub fn write(arguments: &Arguments) -> Answer {
    let path = arguments.text("file_path")?;
    let content = arguments.text("content")?;
    if path.is_empty() {
        return Err(unusable("write: file_path is empty"));
    }
    match files::store(path, content.as_bytes()) {
        Ok(()) => Ok(format!("wrote {} bytes to {path}", content.len())),
        Err(trouble) => Err(failed(format!("write: {path}: {trouble}"))),
    }
}
