//! Functions that DataFusion 55 defines for less than they are asked for.
//!
//! Of numbers: it asks a function how it orders its rows, and some fail to answer where an argument may be outside their
//! domain: a sort by `ln(price)` above a filter cannot be planned. Here they say nothing of an order. Of times: `date_trunc`
//! fails for all that nanoseconds cannot hold, as the year 9999 of "no end" is. Here it is for every time, see [`truncation`].
use super::truncation;
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    simplify::{ExprSimplifyResult, SimplifyContext},
};
use std::sync::Arc;

const OF_A_DOMAIN: [&str; 9] = ["acos", "acosh", "asin", "atanh", "ln", "log", "log10", "log2", "sqrt"];

/// The function itself, or one that is the same but for what is said above.
pub(super) fn adapted(function: Arc<ScalarUDF>) -> Arc<ScalarUDF> {
    if OF_A_DOMAIN.contains(&function.name()) || function.name() == truncation::FUNCTION {
        Arc::new(ScalarUDF::new_from_impl(Adapted(function)))
    } else {
        function
    }
}

#[derive(PartialEq, Eq, Hash, Debug)]
struct Adapted(Arc<ScalarUDF>);

impl ScalarUDFImpl for Adapted {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn aliases(&self) -> &[String] {
        self.0.aliases()
    }

    fn signature(&self) -> &Signature {
        self.0.signature()
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        self.0.return_type(arg_types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.0.return_field_from_args(args)
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        self.0.coerce_types(arg_types)
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        self.0.simplify(args, info)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if self.name() == truncation::FUNCTION
            && let [unit, times] = args.args.as_slice()
            && let Some(starts) = truncation::starts(unit, times)?
        {
            return Ok(starts);
        }
        self.0.invoke_with_args(args)
    }
}
