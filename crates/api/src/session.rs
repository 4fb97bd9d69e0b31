pub(crate) mod end;
pub(crate) mod view_as;
pub(crate) mod whoami;
