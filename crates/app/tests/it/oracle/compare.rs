//! Whether two answers are the same answer.
use crate::fixture::{Outcome, Row};
use tessera_query::RefusalKind;

/// One after the other; floats up to the order of summation.
pub(crate) fn same_sequence(left: &[Row], right: &[Row]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| near(left, right))
}

fn near(left: &Row, right: &Row) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.is_near(right))
}

/// As multisets; floats up to the order of summation.
pub(crate) fn same_rows(left: &[Row], right: &[Row]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let sorted = |rows: &[Row]| {
        let mut rows = rows.to_vec();
        rows.sort();
        rows
    };
    let (left, mut right) = (sorted(left), sorted(right));
    if left.iter().zip(&right).all(|(left, right)| near(left, right)) {
        return true;
    }
    // Floats that differ in the last bit may be sorted differently.
    left.iter().all(|row| match right.iter().position(|other| near(row, other)) {
        Some(found) => {
            right.swap_remove(found);
            true
        }
        None => false,
    })
}

#[derive(Clone, Copy)]
pub(crate) struct How {
    /// The question has an operation that may fail, and an engine is free to meet the failing value or not; what is not
    /// free is to fail where the reference does not.
    pub(crate) partial: bool,
    pub(crate) ordered: bool,
}

/// Whether the governed answer is one that the reference could give.
pub(crate) fn is_explained(governed: &Outcome, reference: &Outcome, How { partial, ordered }: How) -> bool {
    use Outcome as O;
    match (governed, reference) {
        (O::Rows(left), O::Rows(right)) if ordered => same_sequence(left, right),
        (O::Rows(left), O::Rows(right)) => same_rows(left, right),
        (O::Rows(_), O::Failed(_)) => partial,
        // An engine may compute constants while it plans, and a mask may be one; then what fails on it fails before any row.
        (O::Rejected(_, raw), O::Rows(_) | O::Failed(_)) => partial && raw.contains("'simplify_expressions' failed"),
        (O::Failed(left), O::Failed(right)) => std::mem::discriminant(left) == std::mem::discriminant(right),
        (O::Denied(_), O::Denied(_)) | (O::Rejected(..), O::Rejected(..)) => true,
        // What is closed to a person is not in the reference at all.
        (O::Refused(RefusalKind::Closed, _), O::Refused(RefusalKind::Unknown, _)) => true,
        (O::Refused(left, _), O::Refused(right, _)) => left == right,
        _ => false,
    }
}
