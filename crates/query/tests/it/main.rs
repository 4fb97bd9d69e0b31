mod company;
mod illegal_uses;
mod questions;
