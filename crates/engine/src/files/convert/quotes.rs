//! Notices a quote in a CSV file that is never closed. A decoder takes all that follows for one cell.
use std::{
    error::Error,
    fmt,
    io::{self, Read},
};

pub(super) struct ClosedQuotes<R> {
    bytes: R,
    place: Place,
    line: u64,
    /// Of the last quote that began a cell.
    opened: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    /// The end of the cell, or the first half of a quote in it.
    QuoteInQuoted,
}

/// The quote that begins a cell in this line.
#[derive(Debug)]
pub(super) struct NeverClosed {
    pub(super) line: u64,
}

impl<R> ClosedQuotes<R> {
    pub(super) fn of(bytes: R) -> Self {
        Self { bytes, place: Place::CellStart, line: 1, opened: 1 }
    }

    fn pass(&mut self, byte: u8) {
        if byte == b'\n' {
            self.line += 1;
        }
        self.place = match (self.place, byte) {
            (Place::CellStart, b'"') => {
                self.opened = self.line;
                Place::Quoted
            }
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::QuoteInQuoted, b'"') => Place::Quoted,
            (_, b',' | b'\n' | b'\r') => Place::CellStart,
            _ => Place::Plain,
        };
    }
}

impl<R: Read> Read for ClosedQuotes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        buffer.iter().take(length).for_each(|byte| self.pass(*byte));
        if length == 0 && !buffer.is_empty() && self.place == Place::Quoted {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, NeverClosed { line: self.opened }));
        }
        Ok(length)
    }
}

impl fmt::Display for NeverClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the quote that begins in line {} is never closed", self.line)
    }
}

impl Error for NeverClosed {}
