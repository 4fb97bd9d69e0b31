use super::Function;

/// `unnest` is known to the engine's planner by name, in FROM and in a select list.
pub(super) static ALL: &[Function] = &[
    Function::table("generate_series").sized_by(&[0, 1, 2]),
    Function::table("range").sized_by(&[0, 1, 2]),
    Function::table("unnest"),
];
