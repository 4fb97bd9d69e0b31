//! The operator's staff in an organization: by invitation alone, and for as long as that stands.
use crate::world::{Company, World, request};
use std::sync::Arc;
use tessera_access::{
    AccessContext, ConnectionRole, OrganizationAbility, Permit, Requirement, SupportScope,
    action::{AllowSupport, Remove, View},
    open, visible,
};
use tessera_base::{EmailAddress, Name, NodeId, OperatorId, SupportGrantId};
use tessera_store::{AuditFilter, NewSupportGrant, OperatorSession, SessionToken, StoreError, SupportAccess};
use uuid::Uuid;

#[expect(clippy::disallowed_methods, reason = "a test is its own command line")]
async fn hire(world: &World, email: &str) -> (OperatorId, SessionToken, OperatorSession) {
    let operators = world.store.operators();
    let id = operators.add(&EmailAddress::parse(email).unwrap(), &Name::parse("Olga").unwrap()).await.unwrap();
    let token = operators.begin_session(id).await.unwrap();
    let session = world.store.operator_session(&token).await.unwrap().unwrap();
    (id, token, session)
}

fn reading_the_trail() -> SupportScope {
    SupportScope { organization: [OrganizationAbility::ReadAudit].into_iter().collect(), ..SupportScope::default() }
}

fn for_an_hour(scope: SupportScope) -> NewSupportGrant {
    NewSupportGrant { scope, operator: None, reason: "ticket 7".to_owned(), minutes: 60 }
}

async fn allow(world: &World, company: Company, new: NewSupportGrant) -> Result<SupportGrantId, StoreError> {
    let context = world.context(company, company.admin).await;
    allow_as(world, &context, new).await
}

async fn allow_as(
    world: &World,
    context: &Arc<AccessContext>,
    new: NewSupportGrant,
) -> Result<SupportGrantId, StoreError> {
    let sealed = world.store.tenant(context).organization();
    let permit: Permit<_, AllowSupport> = open(context, "the organization", Some(sealed)).unwrap();
    world.store.act(permit).await?.allow_support(new).await
}

async fn revoke(world: &World, company: Company, grant: SupportGrantId) -> Result<(), StoreError> {
    let context = world.context(company, company.admin).await;
    let sealed = world.store.tenant(&context).support_grant(grant).await.unwrap();
    let permit: Permit<SupportAccess, Remove> = open(&context, &grant.to_string(), sealed)?;
    world.store.act(permit).await?.revoke_support().await
}

async fn enter(world: &World, session: &OperatorSession, key: &str) -> Option<SessionToken> {
    world.store.enter_organization(session, key, None, request()).await.unwrap()
}

async fn listed(world: &World, company: Company) -> Vec<SupportAccess> {
    let context = world.context(company, company.admin).await;
    let tenant = world.store.tenant(&context);
    let grants: Vec<Permit<SupportAccess, View>> = tenant.support_grants(&visible(&context)).await.unwrap();
    grants.into_iter().map(|permit| permit.resource().clone()).collect()
}

#[tokio::test]
async fn an_organization_that_lets_nobody_in_is_not_there() {
    let world = World::new().await;
    let (.., session) = hire(&world, "olga@vendor.example").await;
    assert!(world.store.organizations_open_to(&session).await.unwrap().is_empty());
    assert!(enter(&world, &session, "acme").await.is_none());
    assert!(enter(&world, &session, "nowhere").await.is_none());

    let grant = allow(&world, world.acme, for_an_hour(reading_the_trail())).await.unwrap();
    let open = world.store.organizations_open_to(&session).await.unwrap();
    assert_eq!(open.iter().map(|one| (one.key.as_str(), one.grants[0].id)).collect::<Vec<_>>(), [("acme", grant)]);
    assert!(enter(&world, &session, "globex").await.is_none());
    let token = enter(&world, &session, "acme").await.unwrap();
    let inside = world.store.support_session(&token).await.unwrap().unwrap();
    assert_eq!((inside.organization, inside.grant), (world.acme.organization, grant));
    assert!(world.store.session(&token).await.unwrap().is_none(), "it is nobody's session of the organization");
    let other = SupportGrantId::new(Uuid::nil());
    let named = world.store.enter_organization(&session, "acme", Some(other), request()).await.unwrap();
    assert!(named.is_none(), "a grant that is not there");
}

#[tokio::test]
async fn taking_it_back_ends_it_for_whoever_is_there() {
    let world = World::new().await;
    let (.., session) = hire(&world, "olga@vendor.example").await;
    let grant = allow(&world, world.acme, for_an_hour(reading_the_trail())).await.unwrap();
    let token = enter(&world, &session, "acme").await.unwrap();
    let inside = world.store.support_session(&token).await.unwrap().unwrap();
    let there = listed(&world, world.acme).await;
    assert_eq!((there[0].visits.len(), there[0].visits[0].left_at), (1, None));
    assert_eq!(there[0].visits[0].name, "Olga");

    revoke(&world, world.acme, grant).await.unwrap();
    assert!(world.store.support_session(&token).await.unwrap().is_none());
    assert!(world.store.support_session_now(&inside).await.unwrap().is_none());
    assert!(enter(&world, &session, "acme").await.is_none());
    assert!(world.store.organizations_open_to(&session).await.unwrap().is_empty());
    let snapshot = world.store.snapshot(world.acme.organization).await.unwrap().unwrap();
    assert!(snapshot.operator(session.operator.user(), grant).is_none());
    let over = listed(&world, world.acme).await;
    assert!(over[0].revoked.is_some() && over[0].visits[0].left_at.is_some());
    let again = revoke(&world, world.acme, grant).await;
    assert!(matches!(again, Err(StoreError::SupportOver)), "{again:?}");
}

#[tokio::test]
async fn time_ends_it_too() {
    let world = World::new().await;
    let (.., token, _) = hire(&world, "olga@vendor.example").await;
    allow(&world, world.acme, for_an_hour(reading_the_trail())).await.unwrap();
    let session = async || world.store.operator_session(&token).await.unwrap();
    let inside = enter(&world, &session().await.unwrap(), "acme").await.unwrap();
    world.clock.advance_minutes(59);
    assert!(session().await.is_some());
    assert!(world.store.support_session(&inside).await.unwrap().is_some());
    world.clock.advance_minutes(1);
    assert!(world.store.support_session(&inside).await.unwrap().is_none(), "the grant is over");
    assert!(enter(&world, &session().await.unwrap(), "acme").await.is_none());

    let mut long = for_an_hour(reading_the_trail());
    long.minutes = 24 * 60;
    allow(&world, world.acme, long).await.unwrap();
    let inside = enter(&world, &session().await.unwrap(), "acme").await.unwrap();
    world.clock.advance_minutes(60);
    assert!(world.store.support_session(&inside).await.unwrap().is_none(), "the operator was away for an hour");
    assert!(session().await.is_none());
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test is its own command line")]
async fn an_operator_who_signs_out_or_goes_is_nowhere_any_more() {
    let world = World::new().await;
    allow(&world, world.acme, for_an_hour(reading_the_trail())).await.unwrap();
    let (.., session) = hire(&world, "olga@vendor.example").await;
    let inside = enter(&world, &session, "acme").await.unwrap();
    world.store.end_operator_session(&session, request()).await.unwrap();
    assert!(world.store.support_session(&inside).await.unwrap().is_none());

    let (_, token, session) = hire(&world, "otto@vendor.example").await;
    let inside = enter(&world, &session, "acme").await.unwrap();
    let email = EmailAddress::parse("otto@vendor.example").unwrap();
    let code = world.store.operators().sign_in_code(&email).await.unwrap();
    world.store.operators().remove(&email).await.unwrap();
    assert!(world.store.operator_session(&token).await.unwrap().is_none());
    assert!(world.store.support_session(&inside).await.unwrap().is_none());
    assert!(world.store.redeem_operator_code(&code).await.unwrap().is_none());
    let again = world.store.operators().remove(&email).await;
    assert!(matches!(again, Err(StoreError::Unknown { noun: "operator", .. })));
    assert_eq!(world.store.operators().list().await.unwrap().len(), 1);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test is its own command line")]
async fn a_code_signs_in_once_and_soon() {
    let world = World::new().await;
    hire(&world, "olga@vendor.example").await;
    let email = EmailAddress::parse("olga@vendor.example").unwrap();
    let code = world.store.operators().sign_in_code(&email).await.unwrap();
    let token = world.store.redeem_operator_code(&code).await.unwrap().unwrap();
    assert_eq!(world.store.operator_session(&token).await.unwrap().unwrap().operator.email, email.as_str());
    assert!(world.store.redeem_operator_code(&code).await.unwrap().is_none(), "it was used");
    let code = world.store.operators().sign_in_code(&email).await.unwrap();
    world.clock.advance_minutes(10);
    assert!(world.store.redeem_operator_code(&code).await.unwrap().is_none(), "it is too old");
    let nobody = EmailAddress::parse("nobody@vendor.example").unwrap();
    assert!(world.store.operators().sign_in_code(&nobody).await.is_err());
}

#[tokio::test]
async fn a_grant_for_one_operator_is_for_nobody_else() {
    let world = World::new().await;
    let (.., olga) = hire(&world, "olga@vendor.example").await;
    let (.., otto) = hire(&world, "otto@vendor.example").await;
    let operator = Some(EmailAddress::parse("otto@vendor.example").unwrap());
    allow(&world, world.acme, NewSupportGrant { operator, ..for_an_hour(reading_the_trail()) }).await.unwrap();
    assert!(enter(&world, &olga, "acme").await.is_none());
    assert!(world.store.organizations_open_to(&olga).await.unwrap().is_empty());
    assert!(enter(&world, &otto, "acme").await.is_some());

    // Whoever has the address later is somebody else.
    #[expect(clippy::disallowed_methods, reason = "a test is its own command line")]
    world.store.operators().remove(&EmailAddress::parse("otto@vendor.example").unwrap()).await.unwrap();
    assert!(listed(&world, world.acme).await[0].visits[0].left_at.is_some(), "and the one who went has left");
    world.clock.advance_minutes(1);
    let (.., otto) = hire(&world, "otto@vendor.example").await;
    assert!(enter(&world, &otto, "acme").await.is_none());
}

#[tokio::test]
async fn nobody_lets_others_do_what_they_may_not_do_themselves() {
    let world = World::new().await;
    let Company { warehouse, organization, quinn, .. } = world.acme;
    let snapshot = world.store.snapshot(organization).await.unwrap().unwrap();
    let private = snapshot.nodes().root(Some(quinn)).unwrap().id;
    let refused = async |scope| allow(&world, world.acme, for_an_hour(scope)).await.unwrap_err();
    let never: SupportScope = SupportScope {
        organization: [OrganizationAbility::Impersonate, OrganizationAbility::ReadAudit].into_iter().collect(),
        ..SupportScope::default()
    };
    assert!(matches!(refused(never).await, StoreError::NotForSupport { abilities } if abilities == "impersonate"));
    assert!(matches!(refused(SupportScope::default()).await, StoreError::SupportForNothing));
    let theirs = |id: NodeId| SupportScope { content: vec![id], ..SupportScope::default() };
    let StoreError::Denied(denied) = refused(theirs(private)).await else { panic!("it is quinn's") };
    assert_eq!(denied.needs()[0].0, [Requirement::Content(tessera_access::ContentRole::Manager)]);
    for minutes in [0, 4, 30 * 24 * 60 + 1] {
        let new = NewSupportGrant { minutes, ..for_an_hour(reading_the_trail()) };
        assert!(matches!(allow(&world, world.acme, new).await, Err(StoreError::SupportTime { .. })));
    }
    assert!(listed(&world, world.acme).await.is_empty(), "nothing was written");
    let scope = SupportScope { connections: [(warehouse, ConnectionRole::Querier)].into(), ..SupportScope::default() };
    allow(&world, world.acme, for_an_hour(scope.clone())).await.unwrap();
    assert_eq!(listed(&world, world.acme).await[0].grant.scope, scope);
}

#[tokio::test]
async fn every_step_is_in_the_trail_of_the_organization() {
    let world = World::new().await;
    let (id, _, session) = hire(&world, "olga@vendor.example").await;
    let grant = allow(&world, world.acme, for_an_hour(reading_the_trail())).await.unwrap();
    let token = enter(&world, &session, "acme").await.unwrap();
    let inside = world.store.support_session(&token).await.unwrap().unwrap();
    let snapshot = world.store.snapshot(world.acme.organization).await.unwrap().unwrap();
    let standing = snapshot.operator(inside.operator.clone(), inside.grant).unwrap();
    let context = crate::trail::context_of(&world, standing);
    world.store.record_support_step(&inside, &context, "GET", "/api/v1/audit-events").await.unwrap();
    world.store.leave_organization(&inside, Some(request())).await.unwrap();
    world.store.leave_organization(&inside, Some(request())).await.unwrap();
    assert!(world.store.support_session(&token).await.unwrap().is_none());

    let filter = AuditFilter { actor: Some(context.user().id), ..AuditFilter::default() };
    let events = crate::trail::events(&world, world.acme, filter).await;
    let types: Vec<&str> = events.iter().map(|event| event["event"]["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["support_left", "support_requested", "support_entered"]);
    for event in &events {
        assert_eq!(event["actor"]["kind"], "operator");
        assert_eq!(event["actor"]["id"], id.to_string());
        assert_eq!(event["actor"]["grant"], grant.to_string());
        assert!(!event.to_string().contains('@'), "{event}");
    }
    let globex = crate::trail::events(&world, world.globex, AuditFilter::default()).await;
    assert!(globex.iter().all(|event| !event["event"]["type"].as_str().unwrap().starts_with("support")));
}

/// What was read anew and what followed the changes is the same.
#[tokio::test]
async fn a_snapshot_follows_what_is_allowed_and_taken_back() {
    let world = World::new().await;
    let grants = async || {
        let snapshot = world.store.snapshot(world.acme.organization).await.unwrap().unwrap();
        snapshot.support_grants().map(|grant| (**grant).clone()).collect::<Vec<_>>()
    };
    assert!(grants().await.is_empty());
    let first = allow(&world, world.acme, for_an_hour(reading_the_trail())).await.unwrap();
    let followed = grants().await;
    assert_eq!(followed.iter().map(|grant| grant.id).collect::<Vec<_>>(), [first]);
    world.store.forget_idle();
    assert_eq!(grants().await, followed);
    revoke(&world, world.acme, first).await.unwrap();
    assert!(grants().await.is_empty());
}
