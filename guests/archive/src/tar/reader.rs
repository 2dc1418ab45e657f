//! Members out of a stream.

use super::header::{BLOCK, Member, kind};
use std::io::{self, Read};

/// What comes next.
pub enum Next {
    Member(Member),
    End,
    /// This block is no header.
    Garbage,
    /// The stream ends within something.
    Cut,
}

pub struct Reader<'a> {
    stream: Box<dyn Read + 'a>,
    /// How many bytes of the member before have not been read.
    left: u64,
    padding: u64,
    /// How many blocks have been read.
    pub blocks: u64,
    global: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub fn new(stream: Box<dyn Read + 'a>) -> Self {
        Self {
            stream,
            left: 0,
            padding: 0,
            blocks: 0,
            global: Vec::new(),
        }
    }

    /// The next member, with what stands before it for its sake.
    pub fn next(&mut self) -> io::Result<Next> {
        if !self.skip()? {
            return Ok(Next::Cut);
        }
        let (mut name, mut link, mut pax) = (None, None, Vec::new());
        loop {
            let mut block = [0; BLOCK];
            let got = self.fill(&mut block)?;
            if got < BLOCK {
                return Ok(Next::End);
            }
            self.blocks += 1;
            if block.iter().all(|byte| *byte == 0) {
                return Ok(Next::End);
            }
            let Some(mut member) = Member::read(&block) else {
                return Ok(Next::Garbage);
            };
            self.left = member.data();
            self.padding = self.left.next_multiple_of(BLOCK as u64) - self.left;
            let meta = [
                kind::LONG_NAME,
                kind::LONG_LINK,
                kind::PAX,
                kind::PAX_GLOBAL,
            ]
            .contains(&member.kind);
            if meta {
                let mut data = Vec::new();
                self.by_ref().take(1 << 20).read_to_end(&mut data)?;
                if !self.skip()? {
                    return Ok(Next::Cut);
                }
                let text = || {
                    String::from_utf8_lossy(data.strip_suffix(b"\0").unwrap_or(&data)).into_owned()
                };
                match member.kind {
                    kind::LONG_NAME => name = Some(text()),
                    kind::LONG_LINK => link = Some(text()),
                    kind::PAX => pax = data,
                    _ => self.global = data,
                }
                continue;
            }
            let before = member.size;
            let global = std::mem::take(&mut self.global);
            member.amend(&global);
            self.global = global;
            member.amend(&pax);
            if member.size != before {
                self.left = member.data();
                self.padding = self.left.next_multiple_of(BLOCK as u64) - self.left;
            }
            member.name = name.unwrap_or(member.name);
            member.link = link.unwrap_or(member.link);
            return Ok(Next::Member(member));
        }
    }

    fn fill(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let mut got = 0;
        while got < block.len() {
            match self.stream.read(&mut block[got..]) {
                Ok(0) => break,
                Ok(count) => got += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(got)
    }

    /// Passes over what is left of a member; answers whether it was all there.
    fn skip(&mut self) -> io::Result<bool> {
        let rest = self.left + self.padding;
        let passed = io::copy(&mut (&mut self.stream).take(rest), &mut io::sink())?;
        let whole = passed >= self.left;
        self.blocks += passed / BLOCK as u64;
        (self.left, self.padding) = (0, 0);
        Ok(whole)
    }

    /// Whether the member's bytes have all been read.
    pub fn is_done(&self) -> bool {
        self.left == 0
    }
}

impl Read for Reader<'_> {
    /// The member's bytes.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.stream.read(&mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}
