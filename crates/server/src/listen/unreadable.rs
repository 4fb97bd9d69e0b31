//! What hyper answers by itself, with a status alone, when it cannot read a head: in its place goes the answer that every
//! other error has.
use axum::http::{Response, StatusCode};
use hyper::rt::{Read, ReadBufCursor, Write};
use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// Makes the answer to a head that cannot be read, unless the system has no randomness to give for its id.
pub(crate) type MakeAnswer = Arc<dyn Fn(StatusCode) -> Option<Response<Vec<u8>>> + Send + Sync>;

pub(super) struct Readable<T> {
    stream: T,
    make_answer: MakeAnswer,
    /// What of an answer in the place of hyper's is still to be written.
    left: Vec<u8>,
}

impl<T> Readable<T> {
    pub(super) fn new(stream: T, make_answer: MakeAnswer) -> Self {
        Self { stream, make_answer, left: Vec::new() }
    }

    fn replaced(&self, written: &[u8]) -> Option<Vec<u8>> {
        bare(written).and_then(|status| (self.make_answer)(status)).map(|answer| whole(&answer))
    }
}

impl<T: Write + Unpin> Readable<T> {
    fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.left.is_empty() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.left))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(self.left.drain(..written)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: Read + Unpin> Read for Readable<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl<T: Write + Unpin> Write for Readable<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.left.is_empty() {
            match this.replaced(bytes) {
                Some(answer) => this.left = answer,
                None => return Pin::new(&mut this.stream).poll_write(cx, bytes),
            }
        }
        // Until it is written, hyper comes back with the same bytes.
        this.poll_left(cx).map_ok(|()| bytes.len())
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match parts {
            [one] => self.poll_write(cx, one),
            parts => Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// The status of an answer that is hyper's own.
///
/// INVARIANT: it is a whole head that ends the connection and has no header but hyper's; every answer of the router has
/// some of its own.
fn bare(written: &[u8]) -> Option<StatusCode> {
    let head = written.strip_prefix(b"HTTP/1.1 4")?;
    let head = str::from_utf8(head).ok()?.strip_suffix("\r\n\r\n")?;
    let (status, headers) = head.split_once("\r\n")?;
    let known = |header: &str| matches!(header, "connection: close" | "content-length: 0");
    let hypers = headers.split("\r\n").all(|header| known(header) || header.starts_with("date: "));
    let status = status.split(' ').next()?;
    format!("4{status}").parse().ok().filter(|_| hypers && headers.contains("connection: close"))
}

fn whole(answer: &Response<Vec<u8>>) -> Vec<u8> {
    let (status, body) = (answer.status(), answer.body());
    let length = body.len();
    let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n").into_bytes();
    for (name, value) in answer.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_hyper_is_told_apart() {
        let own = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\
                   date: Sat, 14 Mar 2026 10:00:00 GMT\r\n\r\n";
        assert_eq!(bare(own.as_bytes()), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        for other in [
            own.replace("431 Request", "200 Request"),
            own.replace("connection: close\r\n", ""),
            own.replace("content-length: 0", "content-length: 2"),
            own.replace("date:", "cache-control: no-store\r\ndate:"),
            format!("{own}a body"),
            format!("a body{own}"),
        ] {
            assert_eq!(bare(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn an_answer_in_its_place_is_whole() {
        let answer = Response::builder().status(400).header("content-type", "text/plain").body(b"no".to_vec()).unwrap();
        let expected = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 2\r\n\
                        content-type: text/plain\r\n\r\nno";
        assert_eq!(String::from_utf8(whole(&answer)).unwrap(), expected);
    }
}
