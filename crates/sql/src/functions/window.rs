use super::Function;

pub(super) static ALL: &[Function] = &[
    Function::window("cume_dist"),
    Function::window("dense_rank"),
    Function::window("first_value"),
    Function::window("lag"),
    Function::window("last_value"),
    Function::window("lead"),
    Function::window("nth_value"),
    Function::window("ntile"),
    Function::window("percent_rank"),
    Function::window("rank"),
    Function::window("row_number"),
];
