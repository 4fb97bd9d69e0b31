//! Sets of abilities as the tables hold them: their names, separated by commas.
use crate::StoreError;
use tessera_access::{Ability, AbilitySet};

pub(crate) fn list_abilities<A: Ability>(abilities: AbilitySet<A>) -> String {
    abilities.iter().map(Ability::name).collect::<Vec<_>>().join(",")
}

pub(crate) fn listed_abilities<A: Ability>(list: &str) -> Result<AbilitySet<A>, StoreError> {
    let names = list.split(',').filter(|name| !name.is_empty());
    names.map(|name| A::from_name(name).ok_or(StoreError::Unreadable { what: "ability" })).collect()
}
