//! The floor: the query engine alone, with nothing of ours between the SQL and the rows.
use crate::Error;
use datafusion::{
    execution::{config::SessionConfig, context::SessionContext, options::ParquetReadOptions},
    physical_plan::SendableRecordBatchStream,
};
use std::path::Path;

const TABLES: [&str; 8] = ["region", "nation", "supplier", "part", "partsupp", "customer", "orders", "lineitem"];

pub(crate) struct Bare(SessionContext);

impl Bare {
    /// With the settings that `tessera-engine` gives its sessions.
    pub(crate) async fn over(tables: &Path, cores: usize) -> Result<Self, Error> {
        let mut config = SessionConfig::new().with_target_partitions(cores).with_collect_statistics(true);
        let options = config.options_mut();
        options.sql_parser.parse_float_as_decimal = true;
        options.optimizer.hash_join_single_partition_threshold_rows = 1 << 20;
        options.optimizer.hash_join_single_partition_threshold = 64 << 20;
        let context = SessionContext::new_with_config(config);
        for table in TABLES {
            let file = tables.join(format!("{table}.parquet"));
            let file = file.to_str().ok_or("the data folder has a name that is no text")?;
            context.register_parquet(table, file, ParquetReadOptions::default()).await?;
        }
        Ok(Self(context))
    }

    pub(crate) async fn run(&self, sql: &str) -> Result<SendableRecordBatchStream, Error> {
        Ok(self.0.sql(sql).await?.execute_stream().await?)
    }
}
