//! The reviewed functions. What is not in the list is refused.

/// Whether an operation can fail on some value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Totality {
    /// Cannot fail on any value of the types it accepts.
    Total,
    /// May fail on some value: a relation that it can reach is fenced.
    Partial,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FunctionKind {
    Scalar,
    Aggregate,
    Window,
    Table,
}

/// One reviewed function of the engine. Statics: equal functions are the same function.
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct Function {
    pub name: &'static str,
    pub kind: FunctionKind,
    pub totality: Totality,
    /// These arguments (by position) decide the size of the output: literals of at most 10,000 only.
    pub size_arguments: &'static [usize],
    /// The answer differs from call to call, or with the clock.
    pub volatile: bool,
}
