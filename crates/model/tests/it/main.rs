mod demonstration;
mod fixture;
mod problems;
mod requests;
mod scope;
mod soup;
