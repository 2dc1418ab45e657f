//! The envelope: operations one after another, each under a line that begins with three asterisks.

use super::Operation;
use super::section::{self, Bad};

const BEGIN: &str = "*** Begin Patch";
const END: &str = "*** End Patch";
const ADD: &str = "*** Add File: ";
const DELETE: &str = "*** Delete File: ";
const UPDATE: &str = "*** Update File: ";
const MOVE: &str = "*** Move to: ";

/// Reads a patch; models put spaces around its marks, and a here-document around the whole.
pub fn parse(patch: &str) -> Result<Vec<Operation>, String> {
    let lines = section::lines(patch.trim());
    let body = body(&lines).or_else(|words| match lines.as_slice() {
        [first, inner @ .., last] if is_here_document(first, last) => body(inner),
        _ => Err(words),
    })?;
    let (mut operations, mut at) = (Vec::new(), 0);
    while at < body.len() {
        // The first line of the body is the patch's second.
        let (operation, length) = parse_one(&body[at..], at + 2)
            .map_err(|(number, words)| format!("Invalid patch hunk on line {number}: {words}"))?;
        operations.push(operation);
        at += length;
    }
    Ok(operations)
}

fn body<'a, 'b>(lines: &'b [&'a str]) -> Result<&'b [&'a str], String> {
    let words = match lines {
        [first, .., last] if first.trim() == BEGIN && last.trim() == END => {
            return Ok(&lines[1..lines.len() - 1]);
        }
        [first, ..] if first.trim() == BEGIN => {
            "The last line of the patch must be '*** End Patch'"
        }
        _ => "The first line of the patch must be '*** Begin Patch'",
    };
    Err(format!("Invalid patch: {words}"))
}

fn is_here_document(first: &str, last: &str) -> bool {
    ["<<EOF", "<<'EOF'", "<<\"EOF\""].contains(&first) && last.ends_with("EOF")
}

/// The operation that the first line begins, and how many lines it takes.
fn parse_one(lines: &[&str], number: usize) -> Result<(Operation, usize), Bad> {
    let header = lines[0].trim();
    let of = |mark: &str| header.strip_prefix(mark).map(|path| path.trim().to_owned());
    if let Some(path) = of(ADD) {
        let added = lines[1..].iter().map_while(|line| line.strip_prefix('+'));
        let (mut content, mut length) = (String::new(), 1);
        for line in added {
            content.push_str(line);
            content.push('\n');
            length += 1;
        }
        return Ok((Operation::Create { path, content }, length));
    }
    if let Some(path) = of(DELETE) {
        return Ok((Operation::Delete { path }, 1));
    }
    let Some(path) = of(UPDATE) else {
        return Err((
            number,
            format!(
                "'{header}' is not a valid hunk header. Valid hunk headers: '*** Add File: {{path}}', '*** Delete File: \
                 {{path}}', '*** Update File: {{path}}'"
            ),
        ));
    };
    let move_to = lines.get(1).and_then(|line| line.trim().strip_prefix(MOVE));
    let move_to = move_to.map(|path| path.trim().to_owned());
    let begin = 1 + usize::from(move_to.is_some());
    let (hunks, length) = section::parse(&lines[begin..], number + begin)?;
    // To move a file is to change it enough.
    if hunks.is_empty() && move_to.is_none() {
        let words = format!("Update file hunk for path '{path}' is empty");
        return Err((number, words));
    }
    let operation = Operation::Update {
        path,
        move_to,
        hunks,
    };
    Ok((operation, begin + length))
}
