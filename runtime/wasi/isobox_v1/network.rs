//! HTTP: a whole request out, a whole response in. It can be suspended, for a network may take its time.

use super::super::preview1::rights;
use crate::limits::HTTP_REQUEST_BYTES_MAX;
use crate::machine::fs::Content;
use crate::machine::{Descriptor, Errno, NoResponse, Object, Request, Rights};
use crate::wasi::call::{Answer, Call};

/// Sends a message in absolute form; the response can be read from the descriptor that is written to `response`.
pub fn http_exchange(call: &mut Call<'_>, request: u32, request_len: u32, response: u32) -> Answer {
    call.memory.bytes(response, 4)?;
    call.task()?.descriptors.check_room()?;
    if request_len as usize > HTTP_REQUEST_BYTES_MAX {
        return Err(Errno::Invalid.into());
    }
    let message = call.memory.bytes(request, request_len)?;
    let request = Request::parse(message).ok_or(Errno::Invalid)?;
    let answer = call.machine.exchanges.answer(&request);
    call.moved += u64::from(request_len);
    let content = answer.map_err(|reason| match reason {
        NoResponse::Denied => Errno::Access,
        NoResponse::DnsFailure => Errno::NoEntry,
        NoResponse::ConnectionRefused => Errno::ConnectionRefused,
        NoResponse::Timeout => Errno::TimedOut,
    })?;
    let number = open(call, content)?;
    call.memory.write_u32(response, number)?;
    Ok(())
}

/// A file without a name that can be read.
fn open(call: &mut Call<'_>, content: Content) -> Result<u32, Errno> {
    let now_ns = call.machine.clock.now_ns();
    let object = Object::made(content, now_ns);
    let file = call.machine.open_files.add(object, 0);
    let descriptor = Descriptor {
        file,
        rights: Rights {
            base: rights::FILE_IN,
            inheriting: 0,
        },
        preopened_as: None,
        close_on_exec: true,
    };
    call.task_mut()?.descriptors.add(descriptor)
}
