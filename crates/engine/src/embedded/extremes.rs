//! `min` and `max` of doubles by group, with NaN as the largest.
//!
//! DataFusion 55 takes a NaN for the smallest and the largest so far, and every value for that after it: what a group's
//! extreme is depends on the order of its rows. Without groups and over windows it is right.
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, SetMonotonicity, Signature,
    StatisticsArgs, function::AccumulatorArgs, utils::AggregateOrderSensitivity,
};
use datafusion_functions_aggregate_common::aggregate::groups_accumulator::prim_op::PrimitiveGroupsAccumulator;
use std::sync::Arc;

/// The function itself, or one that is the same but for doubles by group.
pub(super) fn with_nan(function: Arc<AggregateUDF>) -> Arc<AggregateUDF> {
    match function.name() {
        "min" => Arc::new(AggregateUDF::new_from_impl(Extreme { function, is_max: false })),
        "max" => Arc::new(AggregateUDF::new_from_impl(Extreme { function, is_max: true })),
        _ => function,
    }
}

#[derive(PartialEq, Eq, Hash, Debug)]
struct Extreme {
    function: Arc<AggregateUDF>,
    is_max: bool,
}

/// A `GroupsAccumulator` over one type of floating-point numbers. It begins with what every other number replaces.
macro_rules! extreme_of_groups {
    ($data_type:expr, $primitive:ty, $number:ty, $is_max:expr) => {
        if $is_max {
            let larger = |known: &mut $number, new: $number| {
                if new.total_cmp(known).is_gt() {
                    *known = new;
                }
            };
            let groups = PrimitiveGroupsAccumulator::<$primitive, _>::new($data_type, larger);
            Ok(Box::new(groups.with_starting_value(-<$number>::NAN)))
        } else {
            let smaller = |known: &mut $number, new: $number| {
                if new.total_cmp(known).is_lt() {
                    *known = new;
                }
            };
            let groups = PrimitiveGroupsAccumulator::<$primitive, _>::new($data_type, smaller);
            Ok(Box::new(groups.with_starting_value(<$number>::NAN)))
        }
    };
}

impl AggregateUDFImpl for Extreme {
    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        match args.return_field.data_type() {
            data_type @ DataType::Float64 => extreme_of_groups!(data_type, Float64Type, f64, self.is_max),
            data_type @ DataType::Float32 => extreme_of_groups!(data_type, Float32Type, f32, self.is_max),
            _ => self.function.inner().create_groups_accumulator(args),
        }
    }

    fn name(&self) -> &str {
        self.function.name()
    }

    fn signature(&self) -> &Signature {
        self.function.signature()
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        self.function.inner().return_type(arg_types)
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        self.function.inner().coerce_types(arg_types)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.function.inner().accumulator(args)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        self.function.inner().groups_accumulator_supported(args)
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.function.inner().create_sliding_accumulator(args)
    }

    fn is_descending(&self) -> Option<bool> {
        self.function.inner().is_descending()
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.function.inner().order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.function.inner().reverse_expr()
    }

    fn value_from_stats(&self, args: &StatisticsArgs) -> Option<ScalarValue> {
        self.function.inner().value_from_stats(args)
    }

    fn set_monotonicity(&self, data_type: &DataType) -> SetMonotonicity {
        self.function.inner().set_monotonicity(data_type)
    }
}
