//! Grants and row rules.
use super::draft::Draft;
use crate::ViewId;
use crate::checked::{AccessFilter, AttributeDeclaration, FieldPath, GrantCondition, Matching, NamedGrant};
use crate::file::{Entries, Node, Problem, Word, excerpt};
use tessera_access::Attributes;
use tessera_base::{Value, ValueType};

const MAX_DEPTH: usize = 8;

/// How a rule finds the field that it names.
pub(super) type FindField<'d, 'f> = dyn FnMut(&mut Draft<'f>, &Word) -> Option<FieldPath> + 'd;

impl<'f> Draft<'f> {
    pub(super) fn resolve_grants(&mut self) -> Vec<NamedGrant> {
        let files = &self.model.grants;
        let mut grants = Vec::new();
        for (name, node) in files {
            if let Some(condition) = self.grant_condition(node, 0) {
                grants.push(NamedGrant { name: name.text.clone(), condition });
            }
        }
        grants
    }

    fn grant_condition(&mut self, node: &Node, depth: usize) -> Option<GrantCondition> {
        let entries = Entries::of(
            node,
            "a grant",
            &["user_attribute", "allowed_values", "group", "any_of", "all_of"],
            self.problems,
        )?;
        let kinds = ["user_attribute", "group", "any_of", "all_of"];
        let given: Vec<&str> = kinds.into_iter().filter(|key| entries.get(key).is_some()).collect();
        let [kind] = given.as_slice() else {
            let problem = Problem::new(
                &node.at,
                "grant_condition",
                "a grant has one of `user_attribute`, `group`, `any_of` and `all_of`",
            );
            self.problems.add(problem);
            return None;
        };
        if *kind != "user_attribute"
            && let Some(values) = entries.get("allowed_values")
        {
            self.problem(&values.at, "grant_condition", "`allowed_values` belongs to `user_attribute`");
        }
        match *kind {
            "user_attribute" => {
                let name = entries.word("user_attribute", self.problems);
                entries.required("allowed_values", self.problems)?;
                let values = entries.rules("allowed_values", self.problems);
                let (name, declaration) = self.find_attribute(&name?)?;
                Some(GrantCondition::Attribute { allowed: self.attribute_values(&name, declaration, values)?, name })
            }
            "group" => {
                let group = entries.word("group", self.problems)?;
                if group.trim().is_empty() {
                    self.problem(&group.at, "grant_condition", "`group` is the key of a group");
                    return None;
                }
                Some(GrantCondition::Group(group.text))
            }
            kind => {
                if depth >= MAX_DEPTH {
                    self.problem(&node.at, "too_deep", format!("grants nest at most {MAX_DEPTH} deep"));
                    return None;
                }
                let key = if kind == "any_of" { "any_of" } else { "all_of" };
                let items = entries.rules(key, self.problems);
                let conditions: Vec<_> = items.iter().map(|item| self.grant_condition(item, depth + 1)).collect();
                let conditions = conditions.into_iter().collect::<Option<Vec<_>>>()?;
                Some(if key == "any_of" { GrantCondition::Any(conditions) } else { GrantCondition::All(conditions) })
            }
        }
    }

    fn find_attribute(&mut self, name: &Word) -> Option<(String, AttributeDeclaration)> {
        let found = attribute(&self.model.attributes, name);
        if found.is_none() {
            let known = self.model.attributes.keys().map(String::as_str).chain(Attributes::SYSTEM);
            let problem = Problem::new(
                &name.at,
                "undeclared_attribute",
                format!("the attribute `{}` is not declared", excerpt(name)),
            );
            self.problems.add(problem.suggest(name, known).or_help("declare it under `attributes` in model.yaml"));
        }
        found.map(|declaration| (name.text.clone(), declaration))
    }

    fn attribute_values(
        &mut self,
        name: &str,
        declaration: AttributeDeclaration,
        nodes: &[Node],
    ) -> Option<Vec<Value>> {
        let wanted = declaration.value_type;
        let mut values = Vec::new();
        for node in nodes {
            match node.typed_value(wanted) {
                Some(value) => values.push(value),
                None => {
                    let problem = Problem::new(
                        &node.at,
                        "wrong_type",
                        format!("the attribute `{name}` is a {wanted}, not {node}"),
                    );
                    let unquoted = wanted == ValueType::String && node.natural_value().is_some();
                    self.problems.add(if unquoted { problem.help("put it in quotes") } else { problem });
                }
            }
        }
        (values.len() == nodes.len()).then_some(values)
    }

    pub(super) fn access_filter(&mut self, view: ViewId, node: &Node) -> Option<AccessFilter> {
        self.row_rule(node, 0, false, &mut |draft, name| draft.field_path(view, name, &name.at))
    }

    /// `with_scope`: the rule may say `scope: topic`, which is read elsewhere.
    pub(super) fn row_rule(
        &mut self,
        node: &Node,
        depth: usize,
        with_scope: bool,
        find: &mut FindField<'_, 'f>,
    ) -> Option<AccessFilter> {
        let keys = [
            "field",
            "user_attribute",
            "values_for_unfiltered",
            "match",
            "include_null",
            "grant",
            "any_of",
            "all_of",
            "scope",
        ];
        let known = keys.get(..keys.len() - usize::from(!with_scope)).unwrap_or_default();
        let entries = Entries::of(node, "an access filter", known, self.problems)?;
        let given: Vec<&str> =
            ["field", "grant", "any_of", "all_of"].into_iter().filter(|key| entries.get(key).is_some()).collect();
        let [kind] = given.as_slice() else {
            let problem = Problem::new(
                &node.at,
                "access_filter",
                "an access filter has one of `field`, `grant`, `any_of` and `all_of`",
            );
            self.problems.add(problem.help("{field: region, user_attribute: region}"));
            return None;
        };
        if *kind == "field" {
            return self.attribute_rule(&entries, find);
        }
        for key in ["user_attribute", "values_for_unfiltered", "match", "include_null"] {
            if let Some(node) = entries.get(key) {
                self.problem(&node.at, "access_filter", format!("`{key}` belongs to `field`"));
            }
        }
        if *kind == "grant" {
            let name = entries.word("grant", self.problems)?;
            return self.find_grant(&name, &name.at).map(AccessFilter::Grant);
        }
        if depth >= MAX_DEPTH {
            self.problem(&node.at, "too_deep", format!("access filters nest at most {MAX_DEPTH} deep"));
            return None;
        }
        let key = if *kind == "any_of" { "any_of" } else { "all_of" };
        let items = entries.rules(key, self.problems);
        let rules: Vec<_> = items.iter().map(|item| self.row_rule(item, depth + 1, false, find)).collect();
        let rules = rules.into_iter().collect::<Option<Vec<_>>>()?;
        Some(if key == "any_of" { AccessFilter::Any(rules) } else { AccessFilter::All(rules) })
    }

    fn attribute_rule(&mut self, entries: &Entries<'_>, find: &mut FindField<'_, 'f>) -> Option<AccessFilter> {
        let field = entries.word("field", self.problems).and_then(|name| Some((find(self, &name)?, name)));
        let name = entries
            .required("user_attribute", self.problems)
            .and_then(|_| entries.word("user_attribute", self.problems));
        let matching = entries.choice(
            "match",
            &[("equals", Matching::Equals), ("starts_with", Matching::StartsWith)],
            self.problems,
        );
        let matching = matching.unwrap_or(Matching::Equals);
        let include_null = entries.boolean("include_null", false, self.problems);
        let (attribute, declaration) = self.find_attribute(&name?)?;
        let unfiltered = entries.list("values_for_unfiltered", self.problems);
        let values_for_unfiltered = self.attribute_values(&attribute, declaration, unfiltered)?;
        let (field, written) = field?;
        if let Some(field_type) = self.field(field.field).value_type {
            self.check_rule_types(&written, field_type, &attribute, declaration.value_type, matching);
        }
        Some(AccessFilter::Attribute { field, attribute, matching, values_for_unfiltered, include_null })
    }

    fn check_rule_types(
        &mut self,
        field: &Word,
        field_type: ValueType,
        attribute: &str,
        attribute_type: ValueType,
        matching: Matching,
    ) {
        if matching == Matching::StartsWith && field_type != ValueType::String {
            self.problem(
                &field.at,
                "type_mismatch",
                format!("`match: starts_with` is for strings, and `{field}` is a {field_type}"),
            );
        } else if field_type != attribute_type {
            let message =
                format!("the field `{field}` is a {field_type}, and the attribute `{attribute}` a {attribute_type}");
            self.problem(&field.at, "type_mismatch", message);
        }
    }
}

/// As declared; the attributes of the product itself need no declaration.
pub(crate) fn attribute(
    declared: &std::collections::BTreeMap<String, AttributeDeclaration>,
    name: &str,
) -> Option<AttributeDeclaration> {
    if !Attributes::SYSTEM.contains(&name) {
        return declared.get(name).copied();
    }
    let value_type = if name == "is_org_admin" { ValueType::Boolean } else { ValueType::String };
    Some(AttributeDeclaration { value_type, multiple: name == "user_groups" })
}
