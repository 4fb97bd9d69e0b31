//! The last step before an engine: what was printed is read back with the engine's own parser, and must name exactly the
//! relations that were governed. The only maker of [`Verified`].
use crate::{
    Governed, GovernedRelation, Refusal, RelationBody, UnreadBody, Verified, VerifiedBody,
    govern::{BodyQuery, ViewStatement},
    governed::{GovernedBody, GovernedStatement},
};
use std::collections::BTreeSet;
use tessera_sql::{
    frontend::statement::{CheckedStatement, TableName, check_printed},
    print::{self, SqlText},
    tree::{BodySource, GovernedName, Ident, PhysicalTable, Query},
};

pub fn verify(governed: Governed) -> Result<Verified, Refusal> {
    let Governed { connection, statement, relations, columns, explanation, zones, row_cap } = governed;
    let mut verified: Vec<GovernedRelation> = Vec::with_capacity(relations.len());
    for body in relations {
        let relation = verify_body(body)?;
        // INVARIANT: a body reads governed relations that stand before it, and only inner ones.
        if !relation.reads.iter().all(|read| verified.iter().any(|known| known.is_inner && known.name.name == *read)) {
            return Err(Refusal::internal("a governed relation reads another one that was not governed for it"));
        }
        verified.push(relation);
    }
    let statement = match statement {
        GovernedStatement::Own { text: _, checked } => checked,
        GovernedStatement::Compiled(query) => verify_compiled(&query)?,
    };
    // INVARIANT: every name that the statement reads is a relation that was governed for it.
    for table in &statement.tables {
        let nameable = verified.iter().filter(|relation| !relation.is_inner);
        let governed = nameable.into_iter().any(|relation| match &relation.name().schema {
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
        relations: verified,
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
    let GovernedBody { name, query, when_total, labels: _, is_inner, masked, unseen: _ } = body;
    match query {
        BodyQuery::Made(query) => {
            let (tables, reads) = certified(&query);
            let body = match when_total {
                None => RelationBody::Whole(verify_made(&query)?),
                Some(without) => {
                    // INVARIANT: without its rules, it reads nothing that it does not read with them.
                    let (own_tables, own_reads) = certified(&without);
                    if !(own_tables.is_subset(&tables) && own_reads.is_subset(&reads)) {
                        return Err(Refusal::internal("a governed relation reads other tables without its rules"));
                    }
                    RelationBody::HeldByJoin { when_total: verify_made(&without)?, whole: UnreadBody(Box::new(query)) }
                }
            };
            Ok(GovernedRelation { name, body, tables, reads, is_inner, masked })
        }
        // The model's own text, which was read and checked when the model was.
        BodyQuery::OfView(ViewStatement { ast, text, shown: _, reads, tables }) => {
            let body = RelationBody::Whole(VerifiedBody { ast, text });
            Ok(GovernedRelation { name, body, tables, reads, is_inner, masked })
        }
    }
}

fn verify_made(query: &Query<BodySource>) -> Result<VerifiedBody, Refusal> {
    let text = print::print_query(query);
    let read = read_back(&text)?;
    let (tables, reads) = certified(query);
    let found: BTreeSet<BodySource> = read.tables.iter().map(source).collect();
    let certified = tables.iter().cloned().map(BodySource::Table);
    let certified: BTreeSet<_> =
        certified.chain(reads.iter().cloned().map(|name| BodySource::Governed(GovernedName(name)))).collect();
    if found != certified {
        return Err(Refusal::internal("a governed relation reads back with other tables"));
    }
    Ok(VerifiedBody { ast: read.ast, text: text.as_str().to_owned() })
}

/// What the query was made to read.
fn certified(query: &Query<BodySource>) -> (BTreeSet<PhysicalTable>, BTreeSet<Ident>) {
    let (mut tables, mut reads) = (BTreeSet::new(), BTreeSet::new());
    query.for_each_relation(&mut |source: &BodySource| match source {
        BodySource::Table(table) => drop(tables.insert(table.clone())),
        BodySource::Governed(GovernedName(name)) => drop(reads.insert(name.clone())),
    });
    (tables, reads)
}

impl UnreadBody {
    pub fn verify(&self) -> Result<VerifiedBody, Refusal> {
        verify_made(&self.0)
    }
}

/// As the engine looks names up: ours have a schema if and only if they are tables.
fn source(name: &TableName) -> BodySource {
    match &name.schema {
        Some(schema) => BodySource::Table(PhysicalTable { schema: schema.clone(), name: name.name.clone() }),
        None => BodySource::Governed(GovernedName(name.name.clone())),
    }
}

fn read_back(text: &SqlText) -> Result<CheckedStatement, Refusal> {
    check_printed(text).map_err(|_| Refusal::internal("its text does not read back"))
}
