//! The reviewed functions. What is not in the list is refused.
//!
//! A name passes only if every overload of it passes: nothing here reads a file, a setting, metadata or the catalogue, and
//! nothing runs SQL. The lists follow DataFusion 55; a name that DataFusion later adds is unknown until it is reviewed.
mod aggregate;
mod own;
mod scalar;
mod table;
mod window;

pub use own::*;

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
    /// Other names of the same function in the engine.
    pub aliases: &'static [&'static str],
    pub kind: FunctionKind,
    /// Of an aggregate or a window function: always total, because it runs on rows that the rule has let through.
    pub totality: Totality,
    /// A partial function that is total when one argument is a known literal.
    pub total_when: Option<LiteralArgument>,
    /// These arguments (by position) decide the size of the output: literals of at most [`MAX_SIZE`] only.
    pub size_arguments: &'static [usize],
    /// The answer differs from call to call, or with the clock.
    pub volatile: bool,
}

/// An argument (by position) that is one of these strings, in lower case.
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct LiteralArgument {
    pub position: usize,
    pub values: &'static [&'static str],
}

/// The largest literal that a size argument may be.
pub const MAX_SIZE: u64 = 10_000;

impl Function {
    const fn new(kind: FunctionKind, name: &'static str, aliases: &'static [&'static str], totality: Totality) -> Self {
        Self { name, aliases, kind, totality, total_when: None, size_arguments: &[], volatile: false }
    }

    const fn total(name: &'static str, aliases: &'static [&'static str]) -> Self {
        Self::new(FunctionKind::Scalar, name, aliases, Totality::Total)
    }

    const fn partial(name: &'static str, aliases: &'static [&'static str]) -> Self {
        Self::new(FunctionKind::Scalar, name, aliases, Totality::Partial)
    }

    const fn aggregate(name: &'static str, aliases: &'static [&'static str]) -> Self {
        Self::new(FunctionKind::Aggregate, name, aliases, Totality::Total)
    }

    const fn window(name: &'static str) -> Self {
        Self::new(FunctionKind::Window, name, &[], Totality::Total)
    }

    const fn table(name: &'static str) -> Self {
        Self::new(FunctionKind::Table, name, &[], Totality::Total)
    }

    const fn sized_by(mut self, size_arguments: &'static [usize]) -> Self {
        self.size_arguments = size_arguments;
        self
    }

    const fn total_when(mut self, argument: LiteralArgument) -> Self {
        self.total_when = Some(argument);
        self
    }

    const fn volatile(mut self) -> Self {
        self.volatile = true;
        self
    }

    /// The totality of one call; `literal` gives the text of an argument that is a string literal.
    pub fn totality_of_call<'a>(&self, literal: impl Fn(usize) -> Option<&'a str>) -> Totality {
        match &self.total_when {
            Some(LiteralArgument { position, values })
                if literal(*position)
                    .is_some_and(|text| values.iter().any(|value| text.eq_ignore_ascii_case(value))) =>
            {
                Totality::Total
            }
            _ => self.totality,
        }
    }

    fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

/// The function of that name or alias, in lower case as the engine stores it.
pub fn scalar(name: &str) -> Option<&'static Function> {
    find(scalar::ALL, name)
}

pub fn aggregate(name: &str) -> Option<&'static Function> {
    find(aggregate::ALL, name)
}

/// Functions that need an OVER clause. An aggregate may have one too.
pub fn window(name: &str) -> Option<&'static Function> {
    find(window::ALL, name)
}

/// Functions in FROM.
pub fn table(name: &str) -> Option<&'static Function> {
    find(table::ALL, name)
}

/// Every function that people may name; our own are not among them.
pub fn all() -> impl Iterator<Item = &'static Function> {
    [scalar::ALL, aggregate::ALL, window::ALL, table::ALL].into_iter().flatten()
}

fn find(functions: &'static [Function], name: &str) -> Option<&'static Function> {
    functions.iter().find(|function| function.answers_to(name))
}

#[cfg(test)]
mod tests;
