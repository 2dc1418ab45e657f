//! Text as values: a stream of JSON, read one after the other.

use crate::value::{Map, Value};
use std::rc::Rc;

/// Reads values out of bytes.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// How deep values may be nested.
const DEPTH: usize = 256;

type Read<T> = Result<T, String>;

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        Self { bytes, at }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next value; nothing at the end.
    pub fn next(&mut self) -> Read<Option<Value>> {
        self.blanks();
        if self.at == self.bytes.len() {
            return Ok(None);
        }
        self.value(0).map(Some)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r' | 0x1e)) {
            self.at += 1;
        }
    }

    /// A message with the place: lines are counted from 1, columns from the last newline.
    fn fail<T>(&self, message: &str) -> Read<T> {
        let at = (self.at + 1).min(self.bytes.len());
        let before = &self.bytes[..at];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = match before.iter().rposition(|byte| *byte == b'\n') {
            Some(newline) => at - newline - 1,
            None => at,
        };
        let place = if self.at >= self.bytes.len() {
            "EOF at line"
        } else {
            "line"
        };
        Err(format!("{message} at {place} {line}, column {column}"))
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > DEPTH {
            // What opens it is one too many.
            self.at -= 1;
            return self.fail("Exceeds depth limit for parsing");
        }
        match self.peek() {
            None => self.fail("Unfinished JSON term"),
            Some(b'"') => {
                self.at += 1;
                self.string().map(Value::from)
            }
            Some(b'[') => self.array(depth),
            Some(b'{') => self.object(depth),
            Some(b']') => self.fail("Unmatched ']'"),
            Some(b'}') => self.fail("Unmatched '}'"),
            Some(b':') => self.fail("':' not as part of an object"),
            Some(b',') => self.fail("Expected value before ','"),
            Some(_) => self.literal(),
        }
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        self.at += 1;
        let mut values = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::array(values));
        }
        loop {
            self.blanks();
            if self.peek() == Some(b']') {
                return self.fail("Expected another array element");
            }
            values.push(self.value(depth + 1)?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::array(values));
                }
                None => return self.fail("Unfinished JSON term"),
                Some(b':') => return self.fail("':' not as part of an object"),
                Some(b'}') => return self.fail("Unmatched '}'"),
                Some(_) => return self.no_separator(),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        self.at += 1;
        let mut map = Map::default();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::object(map));
        }
        loop {
            self.blanks();
            match self.peek() {
                Some(b'"') => self.at += 1,
                None => return self.fail("Unfinished JSON term"),
                Some(b'}') => return self.fail("Expected another key-value pair"),
                Some(b',') => return self.fail("Expected value before ','"),
                Some(b':') => return self.fail("Expected string key before ':'"),
                Some(b'[' | b'{') => return self.fail("Object keys must be strings"),
                Some(_) => {
                    self.literal()?;
                    self.blanks();
                    return self.fail("Object keys must be strings");
                }
            }
            let key: Rc<str> = Rc::from(self.string()?);
            self.blanks();
            match self.peek() {
                Some(b':') => self.at += 1,
                None => return self.fail("Unfinished JSON term"),
                Some(b',' | b'}') => return self.fail("Objects must consist of key:value pairs"),
                Some(b']') => return self.fail("Unmatched ']'"),
                Some(_) => return self.no_separator(),
            }
            self.blanks();
            map.insert(key, self.value(depth + 1)?);
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::object(map));
                }
                None => return self.fail("Unfinished JSON term"),
                Some(b']') => return self.fail("Unmatched ']'"),
                Some(b':') => return self.fail("':' should follow a key"),
                Some(_) => return self.no_separator(),
            }
        }
    }

    fn literal(&mut self) -> Read<Value> {
        let start = self.at;
        let ends = |byte: &u8| b" \t\r\n[]{},:\"".contains(byte);
        let length = self.bytes[start..].iter().position(ends);
        self.at = length.map_or(self.bytes.len(), |length| start + length);
        match &self.bytes[start..self.at] {
            b"null" => return Ok(Value::Null),
            b"true" => return Ok(Value::Bool(true)),
            b"false" => return Ok(Value::Bool(false)),
            _ => {}
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or("?");
        if let Some(number) = number(text) {
            return Ok(Value::Number(number));
        }
        let first = text.as_bytes()[0];
        let words = [b't', b'f', b'n'];
        match words.contains(&first) {
            true => self.fail("Invalid literal"),
            false => self.fail("Invalid numeric literal"),
        }
    }

    /// A value stands where a comma should: it is noticed at the value's end.
    fn no_separator<T>(&mut self) -> Read<T> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.skip_string();
            }
            Some(b'[' | b'{') | None => {}
            Some(_) => {
                let ends = |byte: &u8| b" \t\r\n[]{},:\"".contains(byte);
                let rest = &self.bytes[self.at..];
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        self.fail("Expected separator between values")
    }

    /// A string after its first quote.
    fn string(&mut self) -> Read<String> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    let text = String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned();
                    self.at += 1;
                    return Ok(text);
                }
                b'\\' => return self.escaped(start),
                _ => self.at += 1,
            }
        }
        self.fail("Unfinished string")
    }

    fn escaped(&mut self, start: usize) -> Read<String> {
        let mut bytes = self.bytes[start..self.at].to_vec();
        loop {
            let Some(byte) = self.peek() else {
                return self.fail("Unfinished string");
            };
            self.at += 1;
            match byte {
                b'"' => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
                b'\\' => {
                    let letter = self.peek();
                    self.at += 1;
                    let plain = match letter {
                        Some(b'n') => b'\n',
                        Some(b't') => b'\t',
                        Some(b'r') => b'\r',
                        Some(b'b') => 8,
                        Some(b'f') => 12,
                        Some(byte @ (b'"' | b'\\' | b'/')) => byte,
                        Some(b'u') => {
                            let c = self.unicode()?;
                            bytes.extend(c.to_string().bytes());
                            continue;
                        }
                        None => return self.fail("Unfinished string"),
                        Some(_) => {
                            self.skip_string();
                            return self.fail("Invalid escape");
                        }
                    };
                    bytes.push(plain);
                }
                byte => bytes.push(byte),
            }
        }
    }

    /// Goes to the string's closing quote: that is where a wrong escape is noticed.
    fn skip_string(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => return,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn unicode(&mut self) -> Read<char> {
        let first = self.unit()?;
        if (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.unit()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = back;
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn unit(&mut self) -> Read<u32> {
        let digits = self.bytes.get(self.at..self.at + 4);
        let code = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => {
                self.skip_string();
                self.fail("Invalid escape")
            }
        }
    }
}

/// A number as C's `strtod` reads it, without its hexadecimal ones and names.
pub fn number(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let begins = text
        .trim_start_matches(['-', '+'])
        .starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if !plain || !begins {
        return None;
    }
    text.parse().ok()
}
