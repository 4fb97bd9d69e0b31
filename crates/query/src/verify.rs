//! The last step before an engine: what was printed is read back with the engine's own parser, and must name exactly the
//! relations that were governed. The only maker of [`Verified`].
use crate::{
    Governed, GovernedRelation, Refusal, Verified,
    governed::{GovernedBody, GovernedStatement},
};
use std::collections::BTreeSet;
use tessera_sql::{
    frontend::statement::{CheckedStatement, check_printed},
    print::{self, SqlText},
    tree::{GovernedName, PhysicalTable, Query},
};

pub fn verify(governed: Governed) -> Result<Verified, Refusal> {
    let Governed { connection, statement, relations, columns, explanation, zones, row_cap } = governed;
    let relations = relations.into_iter().map(verify_body).collect::<Result<Vec<_>, _>>()?;
    let statement = match statement {
        GovernedStatement::Own { text: _, checked } => checked,
        GovernedStatement::Compiled(query) => verify_compiled(&query)?,
    };
    // INVARIANT: every name that the statement reads is a relation that was governed for it.
    for table in &statement.tables {
        let governed = relations.iter().any(|relation| match &relation.name().schema {
            Some(schema) => *schema == table.schema_or_main() && relation.name().name == table.name,
            None => table.schema.is_none() && relation.name().name == table.name,
        });
        if !governed {
            return Err(Refusal::internal("its text names a relation that was not governed"));
        }
    }
    Ok(Verified {
        connection,
        statement: statement.ast,
        relations,
        columns,
        governed_by: explanation.governed_by,
        notices: explanation.notices,
        zones,
        row_cap,
    })
}

fn verify_compiled(query: &Query<GovernedName>) -> Result<CheckedStatement, Refusal> {
    let text = print::print_query(query);
    let read = read_back(&text)?;
    let mut certified = BTreeSet::new();
    query.for_each_relation(&mut |GovernedName(name)| {
        certified.insert((None, name.clone()));
    });
    let found: BTreeSet<_> = read.tables.iter().map(|table| (table.schema.clone(), table.name.clone())).collect();
    if found != certified {
        return Err(Refusal::internal("its text reads back with other relations"));
    }
    Ok(read)
}

fn verify_body(body: GovernedBody) -> Result<GovernedRelation, Refusal> {
    let text = print::print_query(&body.query);
    let read = read_back(&text)?;
    let found: Option<BTreeSet<PhysicalTable>> = read
        .tables
        .iter()
        .map(|table| Some(PhysicalTable { schema: table.schema.clone()?, name: table.name.clone() }))
        .collect();
    if found.as_ref() != Some(&body.tables) {
        return Err(Refusal::internal("a governed relation reads back with other tables"));
    }
    Ok(GovernedRelation {
        name: body.name,
        body: read.ast,
        text: text.as_str().to_owned(),
        unrestricted: !body.has_rules,
        tables: body.tables,
    })
}

fn read_back(text: &SqlText) -> Result<CheckedStatement, Refusal> {
    check_printed(text).map_err(|_| Refusal::internal("its text does not read back"))
}
