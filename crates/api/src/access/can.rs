use crate::wire::content::Can;
use tessera_access::{Permit, Resource, action::Action};

/// Everything that can be done with what was opened, and whether this person may.
pub(crate) fn can<R: Resource, A: Action>(permit: &Permit<R, A>) -> Can {
    let verdicts = permit.can();
    verdicts.map(|(action, decision)| (action.name(), tessera_app::Verdict::from(decision).into())).collect::<Can>()
}
