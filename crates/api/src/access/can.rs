use crate::wire::{access::Verdict, content::Can};
use tessera_access::{ActionKind, Missing, Permit, Resource, action::Action};

/// The same, where an action is refused although the right to it is there.
pub(crate) fn but(mut can: Can, action: ActionKind, refused: Option<Verdict>) -> Can {
    if let (Some(refused), Some(told)) = (refused, can.get_mut(action.name()).filter(|told| told.allowed)) {
        *told = refused;
    }
    can
}

/// Because of how things are.
pub(crate) fn stands_in_the_way(because: String) -> Verdict {
    Verdict { allowed: false, because, needs: Vec::new() }
}

/// Because of what the person would need besides.
pub(crate) fn lacks(missing: &Missing) -> Verdict {
    Verdict { allowed: false, because: format!("it takes {missing}"), needs: vec![missing.to_string()] }
}

/// Everything that can be done with what was opened, and whether this person may.
pub(crate) fn can<R: Resource, A: Action>(permit: &Permit<R, A>) -> Can {
    let verdicts = permit.can();
    verdicts.map(|(action, decision)| (action.name(), tessera_app::Verdict::from(decision).into())).collect::<Can>()
}
