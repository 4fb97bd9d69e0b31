pub(crate) mod explain;
pub(crate) mod who_can;
