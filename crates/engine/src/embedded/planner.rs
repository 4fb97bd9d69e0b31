//! From a parsed statement to a logical plan, in a namespace that holds exactly the relations it may name.
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::TableFunctionArgs;
use datafusion::common::{DFSchema, DataFusionError, Result, TableReference, config::ConfigOptions, plan_err};
use datafusion::datasource::{cte_worktable::CteWorkTable, provider_as_source};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{
    AggregateUDF, Expr, HigherOrderUDF, LogicalPlan, ScalarUDF, TableSource, WindowUDF,
    planner::{ContextProvider, ExprPlanner},
    simplify::SimplifyContext,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::sql::{
    planner::{ParserOptions, SqlToRel},
    sqlparser::ast::Statement,
};
use std::{collections::HashMap, sync::Arc};

/// The schema of a name without one.
pub(crate) const DEFAULT_SCHEMA: &str = "main";

/// The relations that a statement may name. What is not here does not exist for it.
#[derive(Default)]
pub(crate) struct Namespace {
    relations: HashMap<(String, String), Arc<dyn TableSource>>,
    /// Beside the reviewed functions: our own, for the bodies of governed relations.
    functions: Vec<Arc<ScalarUDF>>,
}

impl Namespace {
    pub(crate) fn with_function(mut self, function: Arc<ScalarUDF>) -> Self {
        self.functions.push(function);
        self
    }

    pub(crate) fn insert(&mut self, schema: &str, name: &str, source: Arc<dyn TableSource>) {
        self.relations.insert((schema.to_owned(), name.to_owned()), source);
    }

    /// The analyzed plan: names are resolved and types agree.
    pub(crate) fn plan(&self, session: &SessionState, statement: &Statement) -> Result<LogicalPlan> {
        let options = &session.config_options().sql_parser;
        let options = ParserOptions {
            parse_float_as_decimal: options.parse_float_as_decimal,
            enable_ident_normalization: options.enable_ident_normalization,
            enable_options_value_normalization: options.enable_options_value_normalization,
            support_varchar_with_length: options.support_varchar_with_length,
            map_string_types_to_utf8view: options.map_string_types_to_utf8view,
            collect_spans: options.collect_spans,
            default_null_ordering: options.default_null_ordering.as_str().into(),
        };
        let context = Context { namespace: self, session };
        let plan = SqlToRel::new_with_options(&context, options).sql_statement_to_plan(statement.clone())?;
        session.analyzer().execute_and_check(plan, session.config_options(), |_, _| {})
    }
}

struct Context<'a> {
    namespace: &'a Namespace,
    session: &'a SessionState,
}

impl ContextProvider for Context<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        let key = match &name {
            TableReference::Bare { table } => (DEFAULT_SCHEMA, table.as_ref()),
            TableReference::Partial { schema, table } => (schema.as_ref(), table.as_ref()),
            TableReference::Full { .. } => return plan_err!("a name has at most a schema"),
        };
        let key = (key.0.to_owned(), key.1.to_owned());
        match self.namespace.relations.get(&key) {
            Some(source) => Ok(Arc::clone(source)),
            None => plan_err!("no relation of that name"),
        }
    }

    fn get_table_function_source(&self, name: &str, args: Vec<Expr>) -> Result<Arc<dyn TableSource>> {
        let Some(function) = self.session.table_functions().get(name) else {
            return plan_err!("no table function of that name");
        };
        let context = SimplifyContext::builder().with_config_options(Arc::clone(self.session.config_options())).build();
        let simplifier = ExprSimplifier::new(context);
        let args = args
            .into_iter()
            .map(|arg| simplifier.simplify(simplifier.coerce(arg, &DFSchema::empty())?))
            .collect::<Result<Vec<_>>>()?;
        let table = function.create_table_provider_with_args(TableFunctionArgs::new(&args, self.session))?;
        Ok(provider_as_source(table))
    }

    fn create_cte_work_table(&self, name: &str, schema: SchemaRef) -> Result<Arc<dyn TableSource>, DataFusionError> {
        Ok(provider_as_source(Arc::new(CteWorkTable::new(name, schema))))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        self.session.expr_planners()
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        let own = self.namespace.functions.iter().find(|function| function.name() == name);
        own.or_else(|| self.session.scalar_functions().get(name)).cloned()
    }

    fn get_higher_order_meta(&self, _name: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.session.aggregate_functions().get(name).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.session.window_functions().get(name).cloned()
    }

    fn get_variable_type(&self, _variable_names: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        self.session.config_options()
    }

    // Read only for "did you mean", which nobody gets to see.
    fn udf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
