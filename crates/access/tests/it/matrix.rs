use expect_test::expect_file;
use tessera_access::{ActionKind, ResourceKind, matrix};

/// Pairs that mean nothing. A new action or resource is added here, or to the table of rights: nothing is forgotten.
const MEANINGLESS: [(ResourceKind, &[ActionKind]); 3] = [
    (
        ResourceKind::Connection,
        &[
            ActionKind::Query,
            ActionKind::QueryViews,
            ActionKind::WriteSql,
            ActionKind::ViewSql,
            ActionKind::Download,
            ActionKind::Cancel,
        ],
    ),
    (ResourceKind::Model, &[ActionKind::UseEngine, ActionKind::Cancel]),
    (
        ResourceKind::QueryRun,
        &[
            ActionKind::UseEngine,
            ActionKind::Query,
            ActionKind::QueryViews,
            ActionKind::WriteSql,
            ActionKind::ViewSql,
            ActionKind::Download,
        ],
    ),
];

/// `UPDATE_EXPECT=1` writes the file anew; a change of rights is a difference that somebody reads.
#[test]
fn the_table_of_rights_is_the_committed_one() {
    expect_file!["../matrix.txt"].assert_eq(&matrix());
}

#[test]
fn every_pair_of_resource_and_action_is_covered() {
    let printed = matrix();
    for resource in ResourceKind::ALL {
        for action in ActionKind::ALL {
            let line = format!("{:<11} {:<13} ", resource.noun(), action.name());
            let covered = printed.lines().filter(|printed| printed.starts_with(&line)).count();
            let meaningless = MEANINGLESS.iter().any(|(r, actions)| *r == resource && actions.contains(&action));
            assert_eq!(covered + usize::from(meaningless), 1, "{} {}", resource.noun(), action.name());
        }
    }
}
