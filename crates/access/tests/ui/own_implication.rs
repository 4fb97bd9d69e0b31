//! What an action implies is said beside the table of rights, and nowhere else.
use tessera_access::action::{Implies, Query, View};

impl Implies<Query> for View {}

fn main() {}
