use expect_test::expect_file;
use tessera_access::{ActionKind, ResourceKind, alternatives, matrix};

/// `UPDATE_EXPECT=1` writes the file anew; a change of rights is a difference that somebody reads.
#[test]
fn the_table_of_rights_is_the_committed_one() {
    expect_file!["../matrix.txt"].assert_eq(&matrix());
}

/// A new action or resource belongs into the table of rights.
#[test]
fn every_resource_can_be_seen_and_every_action_means_something() {
    for resource in ResourceKind::ALL {
        assert!(!alternatives(*resource, ActionKind::View).is_empty(), "{resource:?}");
    }
    for action in ActionKind::ALL {
        assert!(ResourceKind::ALL.iter().any(|resource| !alternatives(*resource, *action).is_empty()), "{action:?}");
    }
}

#[test]
fn names_lead_back_to_what_they_name() {
    assert!(ResourceKind::ALL.iter().all(|kind| ResourceKind::from_name(kind.name()) == Some(*kind)));
    assert!(ActionKind::ALL.iter().all(|kind| ActionKind::from_name(kind.name()) == Some(*kind)));
}
