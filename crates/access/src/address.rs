/// Whom words about an actor speak to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Address {
    /// The actor.
    You,
    /// Somebody else, about the actor.
    They,
}

impl Address {
    pub fn subject(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::They => "they",
        }
    }

    pub fn object(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::They => "them",
        }
    }

    pub fn reflexive(self) -> &'static str {
        match self {
            Self::You => "yourself",
            Self::They => "themselves",
        }
    }
}
