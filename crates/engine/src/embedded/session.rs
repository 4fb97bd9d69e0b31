//! The session of one query: made from a template, used once. Nothing in it names a table.
use super::{
    adapted::adapted, cooperate::Cooperate, extremes::with_nan, floats::FLOAT_COMPARISON, padded::Padded,
    rounding::LITERAL_PLACES, sides::COLUMNS_LEFT, truncation::DATES_IN_SECONDS,
};
use datafusion::execution::{
    SessionState, SessionStateBuilder, SessionStateDefaults, config::SessionConfig, runtime_env::RuntimeEnv,
};
use datafusion::optimizer::{Analyzer, Optimizer};
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use std::sync::Arc;
use tessera_sql::functions;

/// What the sessions of all queries have in common: settings, optimizer rules, and the reviewed functions.
pub(crate) struct SessionTemplate(SessionState);

impl SessionTemplate {
    pub(crate) fn new(parallelism: usize) -> Self {
        let mut config = SessionConfig::new()
            .with_information_schema(false)
            .with_create_default_catalog_and_schema(false)
            .with_target_partitions(parallelism)
            .with_collect_statistics(true);
        let options = config.options_mut();
        // INVARIANT: the SQL printer and the governing step rely on these: a number with a point is an exact decimal,
        // unquoted names fold to lower case, and positions of names are known.
        options.sql_parser.parse_float_as_decimal = true;
        options.sql_parser.enable_ident_normalization = true;
        options.sql_parser.collect_spans = true;
        options.execution.time_zone = Some("+00:00".to_owned());
        // A join keeps its smaller side whole and passes the other one through as it is. What a rule leaves of a table is
        // taken for the whole table, so the limit is higher than the engine's own.
        options.optimizer.hash_join_single_partition_threshold_rows = 1 << 20;
        options.optimizer.hash_join_single_partition_threshold = 64 << 20;
        // It sets memory aside for as many groups as LIMIT names, however few there are.
        options.optimizer.enable_topk_aggregation = false;

        let scalar = SessionStateDefaults::default_scalar_functions();
        let aggregate = SessionStateDefaults::default_aggregate_functions();
        let window = SessionStateDefaults::default_window_functions();
        let table = SessionStateDefaults::default_table_functions();
        let mut analyzer = Analyzer::new().rules;
        analyzer.insert(0, Arc::new(LITERAL_PLACES));
        analyzer.insert(1, Arc::new(DATES_IN_SECONDS));
        analyzer.insert(2, Arc::new(FLOAT_COMPARISON));
        analyzer.push(Arc::new(COLUMNS_LEFT));
        let mut logical = Optimizer::new().rules;
        // Of `GROUP BY CAST(a AS text), a` it makes a projection in which both have one name, which is refused.
        logical.retain(|rule| rule.name() != "eliminate_group_by_constant");
        let mut physical = PhysicalOptimizer::new().rules;
        // It answers aggregates from statistics without reading a row, and DataFusion 55 takes those of a constant for exact
        // over joins and filters.
        physical.retain(|rule| rule.name() != "aggregate_statistics");
        physical.insert(0, Arc::new(Padded { everywhere: false }));
        physical.push(Arc::new(Cooperate));
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_analyzer_rules(analyzer)
            .with_optimizer_rules(logical)
            .with_physical_optimizer_rules(physical)
            .with_expr_planners(SessionStateDefaults::default_expr_planners())
            .with_scalar_functions(
                scalar.into_iter().filter(|f| functions::scalar(f.name()).is_some()).map(adapted).collect(),
            )
            .with_aggregate_functions(
                aggregate.into_iter().filter(|f| functions::aggregate(f.name()).is_some()).map(with_nan).collect(),
            )
            .with_window_functions(window.into_iter().filter(|f| functions::window(f.name()).is_some()).collect())
            .with_table_function_list(table.into_iter().filter(|f| functions::table(f.name()).is_some()).collect())
            .build();
        Self(state)
    }

    /// A session with its own memory and clock.
    pub(crate) fn session(&self, runtime: Arc<RuntimeEnv>) -> SessionState {
        let mut state = SessionStateBuilder::new_from_existing(self.0.clone()).with_runtime_env(runtime).build();
        state.mark_start_execution();
        state
    }
}

/// `session`, for the part of a plan behind a fence. The physical rules are left out: they run once, over the whole plan.
pub(crate) fn behind_fence(session: &SessionState) -> SessionState {
    SessionStateBuilder::new_from_existing(session.clone()).with_physical_optimizer_rules(Vec::new()).build()
}
