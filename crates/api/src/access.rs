pub(crate) mod explain;
