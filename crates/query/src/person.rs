use std::collections::BTreeSet;
use tessera_access::{AccessContext, ConnectionAbility};
use tessera_base::ConnectionId;
use tessera_model::{
    CheckedModel, DataScope, Model, ViewId,
    scope::{Person, RelationState, RowRule},
};

/// The group keys of a context; a [`Person`] borrows them.
pub(crate) fn group_keys(context: &AccessContext) -> BTreeSet<String> {
    context.groups().iter().map(|group| group.key.to_string()).collect()
}

/// What the actor of `context` may read of `model`.
pub(crate) fn data_scope<'m>(
    model: &'m CheckedModel,
    context: &AccessContext,
    groups: &BTreeSet<String>,
    connection: ConnectionId,
) -> DataScope<'m> {
    let has = |ability| context.connection_abilities(connection).is_some_and(|abilities| abilities.has(ability));
    let person = Person {
        attributes: context.attributes(),
        groups,
        can_query_all_views: has(ConnectionAbility::QueryAllViews),
        develops_policies: has(ConnectionAbility::DevelopPolicies),
    };
    DataScope::resolve(model, person).told(context.standing().address())
}

/// Runs `with` on the model and on what the permit's actor may read of it.
pub(crate) fn with_scope<A, T>(
    permit: &tessera_access::Permit<Model, A>,
    with: impl FnOnce(&CheckedModel, &DataScope<'_>) -> T,
) -> T {
    let model = permit.resource();
    let groups = group_keys(permit.context());
    let scope = data_scope(&model.checked, permit.context(), &groups, model.connection);
    with(&model.checked, &scope)
}

/// The rules of a relation that is open; none for one that is not: nothing reads it.
pub(crate) fn open_rules<'s>(scope: &'s DataScope<'_>, view: ViewId) -> &'s [RowRule] {
    match scope.relation(view) {
        RelationState::Open(rules) => &rules.0,
        RelationState::Absent(_) | RelationState::Closed(_) => &[],
    }
}
