mod checked;
mod demonstration;
mod fixture;
mod problems;
mod problems_across_files;
mod requests;
mod scope;
mod soup;
