pub(crate) mod healthy;
pub(crate) mod ready;
