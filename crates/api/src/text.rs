//! Parts of answers as JSON text, for whoever answers without HTTP: the command line says the same in the same words.
use crate::{
    access::explain::explanation,
    wire::{
        query::{Column, Rule},
        written,
    },
};
use tessera_app::Explained;
use tessera_query::{GovernedBy, Notice, ResultColumn};

pub fn columns(columns: &[ResultColumn]) -> String {
    written(&columns.iter().map(Column::from).collect::<Vec<_>>())
}

pub fn rules(rules: &[GovernedBy]) -> String {
    written(&rules.iter().cloned().map(Rule::from).collect::<Vec<_>>())
}

pub fn notices(notices: &[Notice]) -> String {
    written(&notices.iter().map(|notice| notice.0.as_str()).collect::<Vec<_>>())
}

pub fn explained(explained: Explained) -> String {
    written(&explanation(explained))
}
