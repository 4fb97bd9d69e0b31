use crate::context::{Holdings, facts, holdings, holdings_of_roles, organization};
use proptest::prelude::*;
use tessera_access::{
    AccessContext, ActionKind, Connection, Denied, EngineKind, Facts, Permit, Reason, Requirement, Resource,
    ResourceKind, Sealed,
    action::{Action, Implies, Query, QueryViews, UseEngine, View, WriteSql},
    decide, open, visible,
};
use tessera_base::ConnectionId;
use uuid::Uuid;

struct Model;

impl Resource for Model {
    const KIND: ResourceKind = ResourceKind::Model;
}

struct QueryRun;

impl Resource for QueryRun {
    const KIND: ResourceKind = ResourceKind::QueryRun;
}

fn warehouse() -> Connection {
    let id = ConnectionId::new(Uuid::nil());
    Connection { id, name: "warehouse".into(), engine: EngineKind::Files { folder: "data".into() }, version: 1 }
}

#[expect(clippy::disallowed_methods, reason = "a test is its own store")]
fn seal<R>(row: R, facts: Facts) -> Sealed<R> {
    Sealed::new(row, facts)
}

fn allowed(context: &AccessContext, resource: ResourceKind, facts: &Facts, action: ActionKind) -> bool {
    decide(context, resource, facts, action).allowed()
}

/// In the list ⇔ may be viewed, and opening the list agrees.
fn listed_exactly_when_visible<R: Resource>(holdings: &Holdings, facts: Facts, row: R) {
    let context = holdings.context();
    let viewed = allowed(&context, R::KIND, &facts, ActionKind::View);
    let scope = visible::<R>(&context);
    assert_eq!(scope.admits(&facts), viewed);
    assert_eq!(scope.open_all([seal(row, facts)]).len(), usize::from(viewed));
}

/// A permit that can be weakened to `B` is only given where `B` is allowed.
fn implied<R: Resource, A: Implies<B>, B: Action>(context: &AccessContext, facts: &Facts) {
    assert!(!allowed(context, R::KIND, facts, A::KIND) || allowed(context, R::KIND, facts, B::KIND));
}

fn pairs() -> impl Iterator<Item = (ResourceKind, ActionKind)> {
    ResourceKind::ALL.into_iter().flat_map(|resource| ActionKind::ALL.into_iter().map(move |action| (resource, action)))
}

proptest! {
    #[test]
    fn a_list_holds_exactly_what_may_be_viewed(holdings in holdings(), facts in facts()) {
        listed_exactly_when_visible(&holdings, facts, warehouse());
        listed_exactly_when_visible(&holdings, facts, Model);
        listed_exactly_when_visible(&holdings, facts, QueryRun);
    }

    #[test]
    fn a_neighbour_organization_is_never_allowed(holdings in holdings(), facts in facts()) {
        let facts = Facts { organization: organization(holdings.organization + 1), ..facts };
        for (resource, action) in pairs() {
            prop_assert!(!allowed(&holdings.context(), resource, &facts, action));
        }
    }

    #[test]
    fn holding_more_never_takes_anything_away(some in holdings(), more in holdings(), facts in facts()) {
        let mut both = some.clone();
        for (connection, lots) in more.on_connections {
            both.on_connections.entry(connection).or_default().extend(lots);
        }
        both.in_organization.extend(more.in_organization);
        for (resource, action) in pairs() {
            prop_assert!(!allowed(&some.context(), resource, &facts, action) || allowed(&both.context(), resource, &facts, action));
        }
    }

    /// The reason is something that the person really holds; what is needed would really suffice.
    #[test]
    fn a_decision_says_the_truth(holdings in holdings(), facts in facts()) {
        let context = holdings.context();
        for (resource, action) in pairs() {
            let decision = decide(&context, resource, &facts, action);
            match decision.because {
                Some(Reason::ConnectionRole { ability, .. }) => {
                    prop_assert!(context.connection_abilities(facts.connection.unwrap()).unwrap().has(ability));
                }
                Some(Reason::OrganizationRole { ability, .. }) => prop_assert!(context.organization_abilities().has(ability)),
                Some(Reason::Owner) => prop_assert_eq!(facts.owner, Some(context.user().id)),
                None if facts.organization == context.organization() => {
                    for need in decision.needs {
                        let mut given = holdings.clone();
                        match need {
                            Requirement::ConnectionAbility(ability) => {
                                let Some(connection) = facts.connection else { continue };
                                given.on_connections.entry(connection.uuid().as_u128()).or_default().push(vec![ability]);
                            }
                            Requirement::OrganizationAbility(ability) => given.in_organization.push(vec![ability]),
                            Requirement::Owner => {
                                let Some(owner) = facts.owner else { continue };
                                given.user = owner.uuid().as_u128();
                            }
                        }
                        prop_assert!(allowed(&given.context(), resource, &facts, action));
                    }
                }
                None => {}
            }
        }
    }

    #[test]
    fn a_permit_weakens_only_to_what_is_allowed(holdings in holdings_of_roles(), facts in facts()) {
        let context = holdings.context();
        implied::<Model, Query, View>(&context, &facts);
        implied::<Model, QueryViews, View>(&context, &facts);
        implied::<Model, WriteSql, View>(&context, &facts);
        implied::<Connection, UseEngine, View>(&context, &facts);
    }

    /// Hidden and absent read alike; visible and not allowed names what is missing.
    #[test]
    fn a_closed_door_tells_only_what_may_be_known(holdings in holdings(), facts in facts()) {
        let context = holdings.context();
        let absent = open::<Model, Query>(&context, "sales", None).unwrap_err().to_string();
        let opened: Result<Permit<Model, Query>, Denied> = open(&context, "sales", Some(seal(Model, facts)));
        let viewed = allowed(&context, ResourceKind::Model, &facts, ActionKind::View);
        match opened {
            Ok(_) => prop_assert!(allowed(&context, ResourceKind::Model, &facts, ActionKind::Query)),
            Err(denied @ Denied::NotFound { .. }) => {
                prop_assert!(!viewed);
                prop_assert_eq!(denied.to_string(), absent);
            }
            Err(denied @ Denied::Forbidden { .. }) => {
                prop_assert!(viewed);
                prop_assert_eq!(denied.to_string(), "not allowed to query this model: needs `query_topics`");
            }
        }
    }
}
