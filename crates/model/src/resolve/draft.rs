use super::path::Paths;
use super::view_query::QueryDraft;
use crate::checked::{ColumnUse, GrantId, ModelRef, Relationship, Requirement, RequirementId, TopicNode};
use crate::file::{FieldFile, ModelFile, ModelSource, Place, Problem, Problems, TopicFile, ViewFile, Word, excerpt};
use crate::{Catalog, FieldId, ViewId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tessera_base::ValueType;
use tessera_sql::tree::{Expr, Ident, PhysicalTable};

/// A model on its way to being checked.
pub(super) struct Draft<'f> {
    pub(super) model: &'f ModelFile,
    pub(super) topics: &'f [TopicFile],
    unread_views: &'f BTreeSet<String>,
    views: Vec<ViewDraft<'f>>,
    fields: Vec<FieldDraft<'f>>,
    view_ids: BTreeMap<&'f str, ViewId>,
    grant_ids: BTreeMap<&'f str, GrantId>,
    pub(super) requirements: Requirements,
    pub(super) relationships: Vec<Relationship>,
    /// Where each of them is declared.
    pub(super) relationship_places: Vec<Place>,
    pub(super) paths: Paths,
    /// By [`crate::TopicId`].
    pub(super) topic_trees: Vec<Vec<TopicNode>>,
    pub(super) catalog: Option<Arc<Catalog>>,
    pub(super) problems: &'f mut Problems,
}

struct ViewDraft<'f> {
    file: &'f ViewFile,
    field_ids: BTreeMap<&'f str, FieldId>,
    /// `None`: not named, or not a table.
    table: Option<PhysicalTable>,
    /// Of a view of a query.
    query: Option<QueryDraft>,
}

pub(super) struct FieldDraft<'f> {
    pub(super) view: ViewId,
    pub(super) file: &'f FieldFile,
    /// Of a dimension; of a measure, its input or its formula. `None` where it has none, or it could not be resolved.
    pub(super) expr: Option<Expr<ModelRef>>,
    /// The expression could not be resolved: what follows from that is no further problem.
    pub(super) broken: bool,
    /// `None` where it cannot be told.
    pub(super) value_type: Option<ValueType>,
}

/// The distinct requirements of the model.
#[derive(Default)]
pub(super) struct Requirements {
    list: Vec<Requirement>,
    ids: BTreeMap<Vec<GrantId>, RequirementId>,
}

impl Requirements {
    fn intern(&mut self, mut any_of: Vec<GrantId>) -> RequirementId {
        any_of.sort();
        any_of.dedup();
        let next = RequirementId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        *self.ids.entry(any_of).or_insert_with_key(|any_of| {
            self.list.push(Requirement { any_of: any_of.clone() });
            next
        })
    }

    pub(super) fn into_list(self) -> Vec<Requirement> {
        self.list
    }
}

fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl<'f> Draft<'f> {
    pub(super) fn new(source: &'f ModelSource, catalog: Option<Arc<Catalog>>, problems: &'f mut Problems) -> Self {
        let mut fields = Vec::new();
        let mut views = Vec::new();
        for (index, file) in source.views.iter().enumerate() {
            let mut field_ids = BTreeMap::new();
            for field in &file.fields {
                field_ids.insert(field.name.text.as_str(), FieldId(id(fields.len())));
                fields.push(FieldDraft {
                    view: ViewId(id(index)),
                    file: field,
                    expr: None,
                    broken: false,
                    value_type: None,
                });
            }
            views.push(ViewDraft { file, field_ids, table: None, query: None });
        }
        let view_ids =
            source.views.iter().enumerate().map(|(index, view)| (view.name.text.as_str(), ViewId(id(index)))).collect();
        let grant_ids = source
            .model
            .grants
            .iter()
            .enumerate()
            .map(|(index, (name, _))| (name.text.as_str(), GrantId(id(index))))
            .collect();
        Self {
            model: &source.model,
            topics: &source.topics,
            unread_views: &source.unread_views,
            views,
            fields,
            view_ids,
            grant_ids,
            requirements: Requirements::default(),
            relationships: Vec::new(),
            relationship_places: Vec::new(),
            paths: Paths::default(),
            topic_trees: Vec::new(),
            catalog,
            problems,
        }
    }

    pub(super) fn problem(&mut self, at: &Place, code: &'static str, message: impl Into<String>) {
        self.problems.add(Problem::new(at, code, message));
    }

    pub(super) fn views(&self) -> impl Iterator<Item = (ViewId, &'f ViewFile)> + use<'f> {
        let files: Vec<&'f ViewFile> = self.views.iter().map(|view| view.file).collect();
        files.into_iter().enumerate().map(|(index, file)| (ViewId(id(index)), file))
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = FieldId> + use<> {
        (0..id(self.fields.len())).map(FieldId)
    }

    pub(super) fn view_file(&self, view: ViewId) -> &'f ViewFile {
        self.view(view).file
    }

    pub(super) fn field_file(&self, field: FieldId) -> &'f FieldFile {
        self.field(field).file
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
    fn view(&self, view: ViewId) -> &ViewDraft<'f> {
        &self.views[view.index()]
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
    pub(super) fn field(&self, field: FieldId) -> &FieldDraft<'f> {
        &self.fields[field.index()]
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
    pub(super) fn field_mut(&mut self, field: FieldId) -> &mut FieldDraft<'f> {
        &mut self.fields[field.index()]
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
    pub(super) fn relationship(&self, relationship: crate::RelationshipId) -> &Relationship {
        &self.relationships[relationship.index()]
    }

    pub(super) fn table(&self, view: ViewId) -> Option<&PhysicalTable> {
        self.view(view).table.as_ref()
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
    pub(super) fn set_table(&mut self, view: ViewId, table: PhysicalTable) {
        self.views[view.index()].table = Some(table);
    }

    pub(super) fn query(&self, view: ViewId) -> Option<&QueryDraft> {
        self.view(view).query.as_ref()
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
    pub(super) fn take_query(&mut self, view: ViewId) -> Option<QueryDraft> {
        self.views[view.index()].query.take()
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made with the list that it indexes")]
    pub(super) fn set_query(&mut self, view: ViewId, query: Option<QueryDraft>) {
        self.views[view.index()].query = query;
    }

    /// In the order of the file.
    pub(super) fn field_ids(&self, view: ViewId) -> Vec<FieldId> {
        let mut ids: Vec<FieldId> = self.view(view).field_ids.values().copied().collect();
        ids.sort();
        ids
    }

    pub(super) fn fields_of(&self, view: ViewId) -> impl Iterator<Item = (&'f str, FieldId)> + '_ {
        self.view(view).field_ids.iter().map(|(name, id)| (*name, *id))
    }

    pub(super) fn full_name(&self, field: FieldId) -> String {
        let field = self.field(field);
        format!("{}.{}", self.view_file(field.view).name, field.file.name)
    }

    pub(super) fn find_view(&mut self, name: &Word) -> Option<ViewId> {
        let found = self.view_ids.get(name.text.as_str()).copied();
        if found.is_none() && !self.unread_views.contains(&name.text) {
            let problem = Problem::new(&name.at, "unknown_view", format!("unknown view `{}`", excerpt(name)));
            self.problems.add(problem.suggest(name, self.view_ids.keys().copied()));
        }
        found
    }

    pub(super) fn find_field(&mut self, view: ViewId, name: &str, at: &Place) -> Option<FieldId> {
        let found = self.view(view).field_ids.get(name).copied();
        if found.is_none() {
            let message = format!("unknown field `{}` in view `{}`", excerpt(name), self.view_file(view).name);
            let names: Vec<&str> = self.fields_of(view).map(|(name, _)| name).collect();
            self.problems.add(Problem::new(at, "unknown_field", message).suggest(name, names));
        }
        found
    }

    pub(super) fn find_dimension(&mut self, view: ViewId, name: &str, at: &Place) -> Option<FieldId> {
        let found = self.find_field(view, name, at)?;
        if self.field_file(found).is_measure {
            self.problem(
                at,
                "not_a_dimension",
                format!("`{}` is a measure; a dimension is needed here", self.full_name(found)),
            );
            return None;
        }
        Some(found)
    }

    pub(super) fn find_grant(&mut self, name: &str, at: &Place) -> Option<GrantId> {
        let found = self.grant_ids.get(name).copied();
        if found.is_none() {
            let problem = Problem::new(at, "unknown_grant", format!("unknown grant `{}`", excerpt(name)));
            let problem = problem.suggest(name, self.grant_ids.keys().copied());
            self.problems.add(problem.or_help("declare it under `access_grants` in model.yaml"));
        }
        found
    }

    /// `[a, b | c]`: all items, any grant of an item.
    pub(super) fn requirements(&mut self, words: &[Word]) -> Vec<RequirementId> {
        let mut found = Vec::new();
        for word in words {
            let any_of: Vec<Option<GrantId>> =
                word.split('|').map(|name| self.find_grant(name.trim(), &word.at)).collect();
            if let Some(any_of) = any_of.into_iter().collect() {
                found.push(self.requirements.intern(any_of));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// The dimension is one column of its view's source.
    pub(super) fn bare_column(&self, field: FieldId) -> Option<&Ident> {
        match &self.field(field).expr {
            Some(Expr::Column(ModelRef::Column(column))) if !self.field_file(field).is_measure => Some(column),
            _ => None,
        }
    }

    /// Who reads which column.
    pub(super) fn columns(&self, view: ViewId) -> BTreeMap<Ident, ColumnUse> {
        let mut columns: BTreeMap<Ident, ColumnUse> = BTreeMap::new();
        for field in self.field_ids(view) {
            if let Some(column) = self.bare_column(field) {
                columns.entry(column.clone()).or_default().bare.push(field);
            }
            for column in self.columns_read(field) {
                columns.entry(column).or_default().readers.push(field);
            }
        }
        columns
    }

    pub(super) fn columns_read(&self, field: FieldId) -> std::collections::BTreeSet<Ident> {
        let mut columns = std::collections::BTreeSet::new();
        if let Some(expr) = &self.field(field).expr {
            expr.for_each_column(&mut |read| {
                if let ModelRef::Column(column) = read {
                    columns.insert(column.clone());
                }
            });
        }
        columns
    }
}
