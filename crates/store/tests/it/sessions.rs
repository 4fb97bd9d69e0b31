use crate::world::{Company, World, request};
use tessera_store::{SessionToken, StoreError, UserStatus};

const HOUR: i64 = 60;

#[tokio::test]
async fn a_session_belongs_to_one_person_and_its_token_to_nobody_else() {
    let world = World::new().await;
    let Company { organization, quinn, .. } = world.acme;
    let token = world.store.begin_session(organization, quinn, request()).await.unwrap();
    let session = world.store.session(&token).await.unwrap().unwrap();
    assert_eq!((session.organization, session.user), (organization, quinn));

    let cookie = token.expose();
    assert_eq!(cookie.len(), 43);
    let again = SessionToken::parse(&cookie).unwrap();
    assert_eq!(world.store.session(&again).await.unwrap(), Some(session));
    assert_eq!(format!("{token:?}"), "SessionToken(…)");

    let mut other = cookie.to_string();
    other.replace_range(0..1, if cookie.starts_with('A') { "B" } else { "A" });
    let other = SessionToken::parse(&other).unwrap();
    assert_eq!(world.store.session(&other).await.unwrap(), None);
    for never_a_token in ["", "quinn", &cookie[1..], &format!("{}A", cookie.as_str()), &format!("{}=", cookie.as_str())]
    {
        assert!(SessionToken::parse(never_a_token).is_none(), "{never_a_token}");
    }
}

#[tokio::test]
async fn a_session_left_alone_ends_after_twelve_hours() {
    let world = World::new().await;
    let token = world.store.begin_session(world.acme.organization, world.acme.quinn, request()).await.unwrap();
    for _ in 0..3 {
        world.clock.advance_minutes(12 * HOUR - 1);
        assert!(world.store.session(&token).await.unwrap().is_some(), "being used keeps it");
    }
    world.clock.advance_minutes(12 * HOUR);
    assert!(world.store.session(&token).await.unwrap().is_none());
    world.clock.advance_minutes(-1);
    assert!(world.store.session(&token).await.unwrap().is_some(), "only time ended it");
}

#[tokio::test]
async fn a_session_in_use_ends_after_seven_days() {
    let world = World::new().await;
    let token = world.store.begin_session(world.acme.organization, world.acme.quinn, request()).await.unwrap();
    for _ in 0..(7 * 24 / 6) - 1 {
        world.clock.advance_minutes(6 * HOUR);
        assert!(world.store.session(&token).await.unwrap().is_some());
    }
    world.clock.advance_minutes(6 * HOUR);
    assert!(world.store.session(&token).await.unwrap().is_none());
}

#[tokio::test]
async fn signing_out_ends_one_session_or_all_of_them() {
    let world = World::new().await;
    let Company { organization, quinn, admin, .. } = world.acme;
    let begin = async |user| world.store.begin_session(organization, user, request()).await.unwrap();
    let (first, second, third, other) =
        (begin(quinn).await, begin(quinn).await, begin(quinn).await, begin(admin).await);
    let session = world.store.session(&first).await.unwrap().unwrap();
    world.store.end_session(&session, request()).await.unwrap();
    world.store.end_session(&session, request()).await.unwrap();
    assert!(world.store.session(&first).await.unwrap().is_none());
    assert!(world.store.session(&second).await.unwrap().is_some());

    let context = world.context(world.acme, quinn).await;
    assert_eq!(world.store.tenant(&context).sign_out_everywhere().await.unwrap(), 2);
    assert!(world.store.session(&third).await.unwrap().is_none());
    assert!(world.store.session(&other).await.unwrap().is_some());
}

#[tokio::test]
async fn suspending_ends_sessions_and_refuses_new_ones() {
    let world = World::new().await;
    let Company { organization, quinn, .. } = world.acme;
    let token = world.store.begin_session(organization, quinn, request()).await.unwrap();
    world.administer(world.acme, async |a| a.set_user_status(quinn, UserStatus::Suspended).await).await.unwrap();
    assert!(world.store.session(&token).await.unwrap().is_none());
    let refused = world.store.begin_session(organization, quinn, request()).await;
    assert!(matches!(refused, Err(StoreError::Unknown { noun: "person", .. })));
    world.administer(world.acme, async |a| a.set_user_status(quinn, UserStatus::Active).await).await.unwrap();
    assert!(world.store.session(&token).await.unwrap().is_none(), "an ended session does not come back");
}

#[tokio::test]
async fn a_neighbour_s_person_cannot_be_signed_in() {
    let world = World::new().await;
    let refused = world.store.begin_session(world.globex.organization, world.acme.quinn, request()).await;
    assert!(matches!(refused, Err(StoreError::Unknown { noun: "person", .. })));
}
